/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/restore/private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

#define TOKENS 24 /* tokens of a statement; later ones do not matter */

enum kind { WORD, NAME, OTHER };

/* A word, a quoted name, or anything else: a string, a symbol. */
struct token {
	enum kind kind;
	const char *text;
	size_t length;
};

struct statement {
	const char *text;
	size_t length; /* without the semicolon */
	struct token tokens[TOKENS];
	size_t count;
};

static bool
is_space(char c)
{
	return c && strchr(" \t\r\n", c);
}

static bool
is_in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
		|| (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '.'
		|| (unsigned char)c > 127;
}

/* The position after the closing quote of what is quoted at P; NULL: there is
 * none.  In an E'' string a backslash quotes the next character. */
static const char *
end_of_quoted(const char *p, bool escapes)
{
	char quote = *p++;

	for (; *p; p++) {
		if (escapes && *p == '\\' && p[1])
			p++;
		else if (*p == quote && p[1] == quote)
			p++;
		else if (*p == quote)
			return p + 1;
	}
	return NULL;
}

/* NULL: a quote is not closed. */
static const char *
end_of_token(const char *p, enum kind *kind)
{
	const char *end = p;

	*kind = *p == '"' ? NAME : OTHER;
	if (*p == '"' || *p == '\'')
		return end_of_quoted(p, false);
	if ((*p == 'E' || *p == 'e') && p[1] == '\'')
		return end_of_quoted(p + 1, true);
	while (is_in_word(*end))
		end++;
	if (end > p)
		*kind = WORD;
	return end > p ? end : p + 1;
}

static const char *
end_of_line(const char *p)
{
	return p + strcspn(p, "\n");
}

/* The position after white space and comments. */
static const char *
skip(const char *p)
{
	for (;;) {
		if (is_space(*p))
			p++;
		else if (!strncmp(p, "--", 2))
			p = end_of_line(p);
		else
			return p;
	}
}

/* The position before a statement: after white space, and after the psql
 * commands with which newer dumps forbid all others; these are not passed
 * on. */
static const char *
skip_commands(const char *p)
{
	for (;;) {
		p = skip(p);
		if (strncmp(p, "\\restrict ", 10) != 0
		    && strncmp(p, "\\unrestrict ", 12) != 0)
			return p;
		p = end_of_line(p);
	}
}

/* Reads the next statement at P; at the end ->count is 0. */
static enum nb_err
next_statement(const char **p, struct statement *s)
{
	const char *at = skip_commands(*p);

	*s = (struct statement){ .text = at };
	while (*at && *at != ';') {
		struct token t = { .text = at };
		const char *end = end_of_token(at, &t.kind);

		if (!end || *at == '\\')
			return NB_ECORRUPT;
		t.length = (size_t)(end - at);
		if (s->count < TOKENS)
			s->tokens[s->count++] = t;
		s->length = (size_t)(end - s->text);
		at = skip(end);
	}
	if (s->count && !*at)
		return NB_ECORRUPT;
	*p = at + (*at == ';');
	return NB_OK;
}

static bool
is_word(const struct statement *s, size_t i, const char *word)
{
	return i < s->count && s->tokens[i].kind == WORD
		&& s->tokens[i].length == strlen(word)
		&& !strncasecmp(s->tokens[i].text, word, strlen(word));
}

/* The name that token I is; "" if it is none. */
static enum nb_err
name_of(const struct statement *s, size_t i, char **name)
{
	const struct token *t = &s->tokens[i];
	struct nb_str out = NB_STR_INIT;

	if (i < s->count && t->kind == WORD)
		nb_str_add_bytes(&out, t->text, t->length);
	for (size_t k = 1; i < s->count && t->kind == NAME && k + 1 < t->length;
	     k++) {
		nb_str_add_bytes(&out, t->text + k, 1);
		k += t->text[k] == '"';
	}
	return nb_str_take(&out, name);
}

static bool
has(const struct nb_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->at[i], name))
			return true;
	return false;
}

struct existing {
	const struct nb_names *roles, *tablespaces; /* NULL: none is wanted */
};

/* Is token I the name of one that exists? */
static enum nb_err
exists(const struct statement *s, size_t i, const struct nb_names *names,
       bool *found)
{
	char *name = NULL;
	enum nb_err err = name_of(s, i, &name);

	*found = !err && has(names, name);
	free(name);
	return err;
}

/* The position after "ROLE" or "TABLESPACE" of the object that S is about; 0:
 * it is about none. */
static size_t
find_object(const struct statement *s, bool *role)
{
	for (size_t i = 1; i < s->count; i++) {
		bool before = is_word(s, i - 1, "on")
			|| (i == 1
			    && (is_word(s, 0, "create")
				|| is_word(s, 0, "alter")));

		*role = is_word(s, i, "role");
		if (before && (*role || is_word(s, i, "tablespace")))
			return i + 1;
	}
	return 0;
}

/* The role to which something is granted, or from which it is revoked. */
static size_t
find_grantee(const struct statement *s)
{
	for (size_t i = 1; i < s->count; i++)
		if (is_word(s, i, "to") || is_word(s, i, "from"))
			return i + 1;
	return 0;
}

/* Does S alter something that exists already, or that is not wanted? */
static enum nb_err
is_left_out(const struct statement *s, const struct existing *e, bool *yes)
{
	bool role = false, granted = false;
	size_t object = find_object(s, &role), grantee;
	enum nb_err err;

	*yes = object && !role && !e->tablespaces;
	if (*yes)
		return NB_OK;
	if (object)
		return exists(s, object, role ? e->roles : e->tablespaces, yes);
	if (!is_word(s, 0, "grant") && !is_word(s, 0, "revoke"))
		return NB_OK;
	grantee = find_grantee(s);
	err = exists(s, grantee, e->roles, yes);
	/* A membership in a new role belongs to that role. */
	if (!err && *yes && grantee == 3) {
		err = exists(s, 1, e->roles, &granted);
		*yes = granted;
	}
	return err;
}

static enum nb_err
note_left(const struct statement *s, const struct existing *e,
	  struct nb_names *left)
{
	bool role = is_word(s, 1, "role");
	char *name = NULL;
	enum nb_err err;

	if (!is_word(s, 0, "create") || s->count < 3
	    || (!role && !e->tablespaces))
		return NB_OK;
	err = name_of(s, 2, &name);
	if (!err)
		err = nb_names_add(left, "%s %s", role ? "role" : "tablespace",
				   name);
	free(name);
	return err;
}

/* A tablespace cannot be created in a transaction. */
static void
add_statement(struct nb_str *out, const struct statement *s, bool *open)
{
	if (*open && is_word(s, 0, "create") && is_word(s, 1, "tablespace")) {
		nb_str_add(out, "COMMIT;\n");
		*open = false;
	}
	nb_str_add_bytes(out, s->text, s->length);
	nb_str_add(out, ";\n");
}

static enum nb_err
make_script(const char *text, const struct existing *e, struct nb_str *out,
	    struct nb_names *left)
{
	struct statement s;
	bool open = true, omitted = false;
	enum nb_err err;

	nb_str_add(out, "BEGIN;\n");
	for (;;) {
		err = next_statement(&text, &s);
		if (err || !s.count)
			break;
		err = is_left_out(&s, e, &omitted);
		if (!err && omitted)
			err = note_left(&s, e, left);
		else if (!err)
			add_statement(out, &s, &open);
		if (err)
			break;
	}
	if (open)
		nb_str_add(out, "COMMIT;\n");
	return err;
}

enum nb_err
nb_pg_globals_script(const char *text, const struct nb_names *roles,
		     const struct nb_names *tablespaces, char **script,
		     struct nb_names *left)
{
	const struct existing e = { roles, tablespaces };
	struct nb_str out = NB_STR_INIT;
	enum nb_err err = make_script(text, &e, &out, left);

	if (!err)
		return nb_str_take(&out, script);
	nb_str_free(&out);
	return err;
}

enum nb_err
nb_pg_parse_names(const char *text, struct nb_names *names)
{
	struct statement s;
	enum nb_err err;

	do {
		char *name = NULL;

		err = next_statement(&text, &s);
		if (!err && s.count)
			err = name_of(&s, 0, &name);
		if (!err && s.count)
			err = nb_names_take(names, name);
	} while (!err && s.count);
	return err;
}
