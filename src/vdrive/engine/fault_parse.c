/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/faults.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/engine/drive_private.h"

#define WORDS_MAX 32
#define OPS_MAX 8 /* maximum number of operation codes with one name */

/* The words of a line, which are matched from left to right. */
struct words {
	char *word[WORDS_MAX];
	int count, next;
};

static const struct {
	const char *name;
	uint8_t ops[OPS_MAX]; /* operation codes, ended by 0 */
} names[] = { { "ready", { VD_TEST_UNIT_READY } },
	      { "read",
		{ VD_READ_10, VD_READ_12, VD_READ_CD, VD_READ_CD_MSF } },
	      { "write", { VD_WRITE_10, VD_WRITE_12, VD_WRITE_VERIFY } },
	      { "sync", { VD_SYNC_CACHE } },
	      { "close", { VD_CLOSE } },
	      { "blank", { VD_BLANK } },
	      { "format", { VD_FORMAT_UNIT } },
	      { "reserve", { VD_RESERVE_TRACK } },
	      { "cue", { VD_SEND_CUE_SHEET } },
	      { "opc", { VD_SEND_OPC } },
	      { "inquiry", { VD_INQUIRY } },
	      { "tray", { VD_START_STOP } },
	      { "toc", { VD_READ_TOC } },
	      { "discinfo", { VD_READ_DISC_INFO } },
	      { "trackinfo", { VD_READ_TRACK_INFO } },
	      { "capacity", { VD_READ_CAPACITY } },
	      { "modeselect", { VD_MODE_SELECT } },
	      { "configuration", { VD_GET_CONFIGURATION } } };

/* Actions with fixed words, in the order in which they are tried. */
static const struct {
	const char *words;
	enum vd_action action;
} actions[] = { { "hang", VD_FAULT_HANG },
		{ "drop silently", VD_FAULT_DROP },
		{ "flip a bit", VD_FAULT_FLIP },
		{ "wrong address", VD_FAULT_ADDRESS },
		{ "short", VD_FAULT_SHORT },
		{ "timeout without sense", VD_FAULT_TIMEOUT },
		{ "detach", VD_FAULT_DETACH },
		{ "kill client", VD_FAULT_KILL },
		{ "power loss", VD_FAULT_POWER },
		{ "cache only", VD_FAULT_CACHE },
		{ "swap disc", VD_FAULT_SWAP },
		{ "eject disc", VD_FAULT_EJECT },
		{ "damage track", VD_FAULT_DAMAGE },
		{ "other serial", VD_FAULT_SERIAL },
		{ "signal hup", VD_FAULT_HUP },
		{ "signal int", VD_FAULT_INT },
		{ "signal term", VD_FAULT_TERM } };

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *
peek(const struct words *words)
{
	return words->next < words->count ? words->word[words->next] : "";
}

/* Skips the words of TEXT if they come next. */
static bool
accept(struct words *words, const char *text)
{
	int next = words->next;
	size_t n;

	for (; *text; next++) {
		n = strcspn(text, " ");
		if (next == words->count || strlen(words->word[next]) != n
		    || strncmp(words->word[next], text, n))
			return false;
		text += n;
		text += *text == ' ';
	}
	words->next = next;
	return true;
}

static bool
take_number(struct words *words, uint64_t least, uint64_t *out)
{
	const char *word = peek(words);
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	*out = strtoull(word, &end, 10);
	if (*end || *out < least)
		return false;
	words->next++;
	return true;
}

/* "100" or "100-200". */
static bool
take_range(struct words *words, struct vd_rule *rule)
{
	const char *word = peek(words);
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	rule->from = rule->to = strtoull(word, &end, 10);
	if (*end == '-' && isdigit((unsigned char)end[1]))
		rule->to = strtoull(end + 1, &end, 10);
	if (*end || rule->from > rule->to)
		return false;
	words->next++;
	return true;
}

static void
add_op(uint8_t ops[VD_OP_SET], uint8_t op)
{
	ops[op / 8] |= (uint8_t)(1 << op % 8);
}

/* The name of one or more operation codes. */
static bool
add_named(uint8_t ops[VD_OP_SET], const char *name)
{
	const struct vd_handler *handler;
	bool any = !strcmp(name, "any"), medium = !strcmp(name, "medium");

	for (size_t i = 0; i < COUNT(names); i++)
		if (!strcmp(names[i].name, name)) {
			add_op(ops, names[i].ops[0]);
			for (int j = 1; names[i].ops[j]; j++)
				add_op(ops, names[i].ops[j]);
			return true;
		}
	for (int op = 0; (any || medium) && op < 256; op++) {
		handler = vd_handler_of((uint8_t)op);
		if (any || (handler && handler->flags & VD_NEEDS_DISC))
			add_op(ops, (uint8_t)op);
	}
	return any || medium;
}

static bool
take_command(struct words *words, uint8_t ops[VD_OP_SET])
{
	const char *word = peek(words);
	unsigned long op;
	char *end;

	if (!add_named(ops, word)) {
		op = strtoul(word, &end, 16);
		if (!isxdigit((unsigned char)*word) || *end || op > 0xff)
			return false;
		add_op(ops, (uint8_t)op);
	}
	words->next++;
	return true;
}

/* "100 bytes", or a command. */
static bool
take_after(struct words *words, struct vd_rule *rule)
{
	int back = words->next;

	rule->when = VD_WHEN_AFTER;
	if (take_number(words, 0, &rule->from) && accept(words, "bytes"))
		return true;
	words->next = back;
	rule->when = VD_WHEN_FOLLOWS;
	return take_command(words, rule->first);
}

static bool
take_time(struct words *words, struct vd_rule *rule)
{
	char *end;
	double seconds = strtod(peek(words), &end);

	rule->when = VD_WHEN_AT;
	if (!isdigit((unsigned char)*peek(words)) || *end || seconds >= 1e9)
		return false;
	rule->from = (uint64_t)(seconds * 1e9);
	words->next++;
	return true;
}

static bool
take_condition(struct words *words, struct vd_rule *rule)
{
	if (accept(words, "nth")) {
		rule->when = VD_WHEN_NTH;
		return take_number(words, 1, &rule->from);
	}
	if (accept(words, "lba")) {
		rule->when = VD_WHEN_LBA;
		return take_range(words, rule);
	}
	if (accept(words, "after"))
		return take_after(words, rule);
	return !accept(words, "at") || take_time(words, rule);
}

/* "3/0c/00", or "progress 1%" for an operation that never ends. */
static bool
take_sense(struct words *words, struct vd_rule *rule)
{
	unsigned int key, asc, ascq, percent;
	char sign, rest;

	if (strspn(peek(words), "0123456789abcdefABCDEF/")
		    != strlen(peek(words))
	    || sscanf(peek(words), "%1x/%2x/%2x%c", &key, &asc, &ascq, &rest)
		    != 3
	    || !key)
		return false;
	words->next++;
	rule->sense = key << 16 | asc << 8 | ascq;
	if (accept(words, "progress")) {
		if (!isdigit((unsigned char)*peek(words))
		    || sscanf(peek(words), "%2u%c%c", &percent, &sign, &rest)
			    != 2
		    || sign != '%')
			return false;
		rule->progress = (int)(percent * 65536 / 100);
		words->next++;
	}
	return true;
}

static bool
take_action(struct words *words, struct vd_rule *rule)
{
	if (accept(words, "sense")) {
		rule->action = VD_FAULT_SENSE;
		return take_sense(words, rule);
	}
	for (size_t i = 0; i < COUNT(actions); i++)
		if (accept(words, actions[i].words)) {
			rule->action = actions[i].action;
			return true;
		}
	return false;
}

static bool
take_times(struct words *words, struct vd_rule *rule)
{
	rule->times = 1;
	if (!accept(words, "times"))
		return true;
	if (accept(words, "forever")) {
		rule->times = 0;
		return true;
	}
	return take_number(words, 1, &rule->times);
}

/* Returns NULL, or what was expected instead. */
static const char *
parse_rule(struct words *words, struct vd_rule *rule)
{
	*rule = (struct vd_rule){ .progress = -1 };
	if (!accept(words, "when"))
		return "'when'";
	if (!take_command(words, rule->ops))
		return "a command";
	if (!take_condition(words, rule))
		return "the rest of the condition";
	if (!accept(words, "then"))
		return "a condition or 'then'";
	if (!take_action(words, rule))
		return "an action";
	if (!take_times(words, rule))
		return "a number of times or 'forever'";
	return words->next < words->count ? "the end of the rule" : NULL;
}

static void
split(char *line, struct words *words)
{
	char *rest;

	line[strcspn(line, "#")] = '\0';
	*words = (struct words){ 0 };
	for (char *word = strtok_r(line, " \t\r", &rest);
	     word && words->count < WORDS_MAX;
	     word = strtok_r(NULL, " \t\r", &rest))
		words->word[words->count++] = word;
}

static int
add_line(struct vd_faults *faults, char *line, int number, char why[VD_WHY_MAX])
{
	struct words words;
	struct vd_rule rule, *grown;
	const char *expected;

	split(line, &words);
	if (!words.count)
		return 0;
	expected = parse_rule(&words, &rule);
	if (expected) {
		snprintf(why, VD_WHY_MAX, "line %d: expected %s at '%.60s'",
			 number, expected, peek(&words));
		return -1;
	}
	grown = reallocarray(faults->rules, faults->count + 1, sizeof rule);
	if (!grown) {
		snprintf(why, VD_WHY_MAX, "out of memory");
		return -1;
	}
	faults->rules = grown;
	faults->rules[faults->count++] = rule;
	return 0;
}

int
vd_faults_parse(const char *text, struct vd_faults **out, char why[VD_WHY_MAX])
{
	struct vd_faults *faults = calloc(1, sizeof *faults);
	char *copy = strdup(text), *rest = copy, *line;
	int result = faults && copy ? 0 : -1;

	if (result)
		snprintf(why, VD_WHY_MAX, "out of memory");
	for (int i = 1; !result && (line = strsep(&rest, "\n")); i++)
		result = add_line(faults, line, i, why);
	free(copy);
	if (result)
		vd_faults_free(faults);
	else
		*out = faults;
	return result;
}
