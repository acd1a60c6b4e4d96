/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/faults.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/mmc.h"

#define WORDS_MAX 32
#define OPS_MAX 8 /* operation codes of one name */

struct vd_faults {
	struct vd_rule *rules;
	size_t count;
};

/* The words of a line, which are matched one after the other. */
struct words {
	char *word[WORDS_MAX];
	int count, next;
};

static const struct {
	const char *name;
	uint8_t ops[OPS_MAX]; /* ends with 0 */
} names[] = {
	{ "read", { VD_READ_10, VD_READ_12, VD_READ_CD, VD_READ_CD_MSF } },
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
	{ "configuration", { VD_GET_CONFIGURATION } }
};

/* Actions of fixed words, in the order in which they are tried. */
static const struct {
	const char *words;
	enum vd_action action;
} actions[] = {
	{ "hang", VD_FAULT_HANG },
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
	{ "other serial", VD_FAULT_SERIAL }
};

#define COUNT(a) (sizeof (a) / sizeof *(a))

static const char *
peek(const struct words *words)
{
	return words->next < words->count ? words->word[words->next] : "";
}

/* Steps over the words of TEXT when they come next. */
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

/* Steps over a word that is GOOD; the others stay, to be told. */
static bool
step(struct words *words, bool good)
{
	words->next += good;
	return good;
}

static bool
take_number(struct words *words, uint64_t least, uint64_t *out)
{
	const char *word = peek(words);
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	*out = strtoull(word, &end, 0);
	return step(words, !*end && *out >= least);
}

/* "100" or "100-200". */
static bool
take_range(struct words *words, struct vd_rule *rule)
{
	const char *word = peek(words);
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	rule->from = rule->to = strtoull(word, &end, 0);
	if (*end == '-' && isdigit((unsigned char)end[1]))
		rule->to = strtoull(end + 1, &end, 0);
	return step(words, !*end && rule->from <= rule->to);
}

static void
add_op(struct vd_rule *rule, uint8_t op)
{
	rule->ops[op / 8] |= (uint8_t)(1 << op % 8);
}

static bool
take_command(struct words *words, struct vd_rule *rule)
{
	const char *word = peek(words);
	char *end;
	unsigned long op;

	if (accept(words, "any")) {
		memset(rule->ops, 0xff, sizeof rule->ops);
		return true;
	}
	for (size_t i = 0; i < COUNT(names); i++)
		if (accept(words, names[i].name)) {
			for (int j = 0; names[i].ops[j]; j++)
				add_op(rule, names[i].ops[j]);
			return true;
		}
	op = strtoul(word, &end, 16);
	if (!isxdigit((unsigned char)*word) || *end || op > 0xff)
		return false;
	add_op(rule, (uint8_t)op);
	return step(words, true);
}

static bool
take_condition(struct words *words, struct vd_rule *rule)
{
	char *end;

	if (accept(words, "nth")) {
		rule->when = VD_WHEN_NTH;
		return take_number(words, 1, &rule->from);
	}
	if (accept(words, "lba")) {
		rule->when = VD_WHEN_LBA;
		return take_range(words, rule);
	}
	if (accept(words, "after")) {
		rule->when = VD_WHEN_AFTER;
		return take_number(words, 0, &rule->from)
			&& accept(words, "bytes");
	}
	if (accept(words, "at")) {
		double seconds = strtod(peek(words), &end);
		bool good = *peek(words) && !*end && seconds >= 0
			&& seconds < 1e9;

		rule->when = VD_WHEN_AT;
		rule->from = good ? (uint64_t)(seconds * 1e9) : 0;
		return step(words, good);
	}
	return true;
}

/* "3/0c/00", and "progress 1%" when it is to be stuck there. */
static bool
take_sense(struct words *words, struct vd_rule *rule)
{
	unsigned int key, asc, ascq, percent;
	char rest;

	if (sscanf(peek(words), "%1x/%2x/%2x%c", &key, &asc, &ascq, &rest) != 3
	    || !key)
		return false;
	words->next++;
	rule->sense = key << 16 | asc << 8 | ascq;
	if (accept(words, "progress")) {
		if (sscanf(peek(words), "%3u%%%c", &percent, &rest) != 1
		    || percent > 99)
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

/* NULL, or what is expected instead. */
static const char *
parse_rule(struct words *words, struct vd_rule *rule)
{
	*rule = (struct vd_rule){ .progress = -1 };
	if (!accept(words, "when"))
		return "'when'";
	if (!take_command(words, rule))
		return "a command";
	if (!take_condition(words, rule))
		return "a number for the condition";
	if (!accept(words, "then"))
		return "'then'";
	if (!take_action(words, rule))
		return "an action";
	if (!take_times(words, rule))
		return "a number of times, or 'forever'";
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
add_line(struct vd_faults *faults, char *line, int number,
	 char why[VD_WHY_MAX])
{
	struct words words;
	struct vd_rule rule, *grown;
	const char *expected;

	split(line, &words);
	if (!words.count)
		return 0;
	expected = parse_rule(&words, &rule);
	if (expected) {
		snprintf(why, VD_WHY_MAX, "line %d: %s is expected at '%.60s'",
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
vd_faults_parse(const char *text, struct vd_faults **out,
		char why[VD_WHY_MAX])
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

void
vd_faults_free(struct vd_faults *faults)
{
	if (faults)
		free(faults->rules);
	free(faults);
}

static bool
holds(const struct vd_rule *rule, const struct vd_occasion *occasion)
{
	uint64_t lba = (uint64_t)occasion->lba;

	switch (rule->when) {
	case VD_WHEN_NTH:
		return rule->seen >= rule->from;
	case VD_WHEN_LBA:
		return occasion->has_lba && occasion->lba >= 0
			&& lba <= rule->to
			&& lba + occasion->count > rule->from;
	case VD_WHEN_AFTER:
		return rule->bytes >= rule->from;
	case VD_WHEN_AT:
		return occasion->elapsed >= rule->from;
	default:
		return true;
	}
}

const struct vd_rule *
vd_faults_match(struct vd_faults *faults, const struct vd_occasion *occasion)
{
	const struct vd_rule *found = NULL;

	for (size_t i = 0; i < faults->count; i++) {
		struct vd_rule *rule = &faults->rules[i];

		if (!(rule->ops[occasion->op / 8] >> occasion->op % 8 & 1))
			continue;
		rule->seen++;
		if (!found && (!rule->times || rule->fired < rule->times)
		    && holds(rule, occasion)) {
			rule->fired++;
			found = rule;
		}
		rule->bytes += occasion->bytes;
	}
	return found;
}

bool
vd_faults_have(const struct vd_faults *faults, enum vd_action action)
{
	for (size_t i = 0; faults && i < faults->count; i++)
		if (faults->rules[i].action == action)
			return true;
	return false;
}
