#!/usr/bin/env python3
"""Writes the Grafana dashboard: python3 deploy/grafana/generate.py [--stdout]

The JSON beside it is committed and a test runs this again and compares, so change panels here. Standard library only.
"""

import json
import pathlib
import sys

TARGET = pathlib.Path(__file__).parent / "dashboards" / "languages.json"
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}

# Selectors: what each family has of the labels that can be chosen above the panels.
JOB = 'job=~"$job"'
SERVICE = f'{JOB}, service=~"$service"'
UNDETERMINED = f'{SERVICE}, language="und"'
# What users and agents say to each other.
SPOKEN = ', role=~"input|output"'
TRAFFIC = f'{JOB}, service=~"$service", language=~"$language"'
MODEL = f'{TRAFFIC}, model=~"$model"'
EVALUATION = f'{MODEL}, evaluation=~"$evaluation"'
# The weights have no label model.
WEIGHT = f'{TRAFFIC}, evaluation=~"$evaluation"'
# Labels that are no language.
NO_LANGUAGE = "und|mul|zxx"
NOT_ZXX = ', language!="zxx"'


def total(by, family, selector, window="$window", function="increase"):
    """Sum of a counter's growth, over everything that is not in `by`."""
    grouping = f"sum by ({by})" if by else "sum"
    return f"{grouping} ({function}({family}{{{selector}}}[{window}]))"


def ratio(bad, all_):
    """Share, absent where there is nothing to divide by."""
    return f"{bad} / ({all_} > 0)"


def wilson(bad, all_, sign):
    """Lower (-) or upper (+) end of the 95 % score interval."""
    spread = f"1.96 * sqrt({bad} * ({all_} - {bad}) / {all_} + 0.9604)"
    return f"({bad} + 1.9208 {sign} {spread}) / (({all_} > 0) + 3.8416)"


def results(by, selector=EVALUATION):
    return total(by, "isogloss_evaluations_total", selector + ', outcome=~"pass|fail"')


def fails(by, selector=EVALUATION):
    return total(by, "isogloss_evaluations_total", selector + ', outcome="fail"')


def refusal_ratio(by):
    """Refused among those that could be told, where the language has patterns."""
    told = total(by, "isogloss_refusals_total", MODEL + ', outcome=~"refused|answered"')
    refused = total(by, "isogloss_refusals_total", MODEL + ', outcome="refused"')
    covered = f"max by (language) (isogloss_refusal_coverage{{{JOB}}}) == 0"
    return f"({ratio(refused, told)}) unless on (language) ({covered})"


def mismatch_ratio():
    selector = MODEL + ', evaluation="language_match"'
    return ratio(fails("language", selector), results("language", selector))


def density(selector=MODEL):
    """Tokens per character of question and answer."""
    roles = selector + ', role=~"input|output"'
    return ratio(total("language", "isogloss_tokens_total", roles), total("language", "isogloss_characters_total", roles))


def english_density():
    roles = f'{JOB}, service=~"$service", model=~"$model", language="en", role=~"input|output"'
    tokens = total("", "isogloss_tokens_total", roles)
    characters = total("", "isogloss_characters_total", roles)
    return f"scalar({ratio(tokens, characters)})"


def premium(family):
    """Tokens per character or byte by language and model, in those of English with the same model."""
    roles = MODEL + ', role=~"input|output"'
    english = f'{JOB}, service=~"$service", model=~"$model", language="en", role=~"input|output"'
    own = ratio(total("language, model", "isogloss_tokens_total", roles), total("language, model", family, roles))
    theirs = ratio(total("model", "isogloss_tokens_total", english), total("model", family, english))
    return f"({own}) / on (model) group_left () ({theirs})"


def effective_results(by):
    """Kish: how many equally weighted results tell as much."""
    selector = WEIGHT + ', outcome=~"pass|fail"'
    weight = total(by, "isogloss_evaluation_weight_total", selector)
    squared = total(by, "isogloss_evaluation_weight_squared_total", selector)
    return f"{weight} ^ 2 / ({squared} > 0)"


def weighted_ratio(by):
    family = "isogloss_evaluation_weight_total"
    return ratio(total(by, family, WEIGHT + ', outcome="fail"'), total(by, family, WEIGHT + ', outcome=~"pass|fail"'))


def quantile(q, family, by=""):
    """Of a histogram; absent while nothing was observed."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({q}, {total(labels, family + '_bucket', JOB, '$__rate_interval', 'rate')}) >= 0"


def target(expr, legend="", ref="A", table=False):
    query = {"datasource": DATASOURCE, "editorMode": "code", "expr": expr, "legendFormat": legend or "__auto", "refId": ref}
    if table:
        return query | {"format": "table", "instant": True, "range": False}
    return query | {"range": True}


def instant(expr, legend="", ref="A"):
    return target(expr, legend, ref) | {"instant": True, "range": False}


def thresholds(*steps):
    colours = ["green", "yellow", "red"]
    values = [None, *steps]
    return {"mode": "absolute", "steps": [{"color": c, "value": v} for c, v in zip(colours, values)]}


PLAIN = {"mode": "absolute", "steps": [{"color": "text", "value": None}]}
BAD_SHARE = thresholds(0.10, 0.30)


class Board:
    """Panels from left to right and from top to bottom, on a grid of 24 columns."""

    def __init__(self):
        self.panels = []
        self.x = self.y = self.height = 0

    def place(self, panel, width, height):
        if self.x + width > 24:
            self.x, self.y, self.height = 0, self.y + self.height, 0
        panel["id"] = len(self.panels) + 1
        panel["gridPos"] = {"x": self.x, "y": self.y, "w": width, "h": height}
        self.panels.append(panel)
        self.x += width
        self.height = max(self.height, height)

    def row(self, title):
        self.x = 24
        self.place({"type": "row", "title": title, "collapsed": False, "panels": []}, 24, 1)

    def panel(self, kind, title, description, unit, targets, width, height, *, colours=PLAIN, options=None, custom=None,
              overrides=(), transformations=(), defaults=None):
        field = {"unit": unit, "thresholds": colours, "color": {"mode": "thresholds"}} | (defaults or {})
        if custom:
            field["custom"] = custom
        self.place({
            "type": kind,
            "title": title,
            "description": description,
            "datasource": DATASOURCE,
            "targets": targets,
            "fieldConfig": {"defaults": field, "overrides": list(overrides)},
            "options": options or {},
            "transformations": list(transformations),
        }, width, height)

    def stat(self, title, description, unit, expr, colours=PLAIN, width=4):
        self.panel("stat", title, description, unit, [instant(expr)], width, 4, colours=colours, options={
            "colorMode": "value", "graphMode": "none", "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        })

    def bars(self, title, description, unit, expr, legend, colours, width=12, height=8):
        self.panel("bargauge", title, description, unit, [instant(f"sort_desc({expr})", legend)], width, height,
                   colours=colours, defaults={"min": 0}, options={
                       "displayMode": "basic", "orientation": "horizontal",
                       "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
                   })

    def lines(self, title, description, unit, targets, width=12, height=8, overrides=(), stacked=False):
        custom = {"lineWidth": 1, "fillOpacity": 20 if stacked else 0, "showPoints": "never", "spanNulls": False,
                  "stacking": {"mode": "normal" if stacked else "none", "group": "A"}}
        self.panel("timeseries", title, description, unit, targets, width, height, custom=custom, overrides=overrides,
                   defaults={"min": 0, "color": {"mode": "palette-classic"}},
                   options={"legend": {"displayMode": "table", "placement": "right", "calcs": ["lastNotNull"]},
                            "tooltip": {"mode": "multi", "sort": "desc"}})

    def table(self, title, description, unit, targets, transformations, overrides, width=24, height=11, colours=PLAIN, cell="auto"):
        self.panel("table", title, description, unit, targets, width, height, colours=colours,
                   custom={"align": "auto", "cellOptions": {"type": cell}}, overrides=overrides,
                   transformations=transformations, options={"showHeader": True, "cellHeight": "sm"})


def override(name, *properties):
    return {"matcher": {"id": "byName", "options": name}, "properties": [{"id": i, "value": v} for i, v in properties]}


def now(board):
    board.row("Now")
    share = wilson(fails("language"), results("language"), "-")
    board.bars("Worst languages", "Languages by the lower end of the 95 % interval of their fail ratio over $window: how bad it is at "
               "least, so that a language with few results does not come first by chance. No language, code and numbers: left out.",
               "percentunit", f'topk(8, {wilson(fails("language", EVALUATION + NOT_ZXX), results("language", EVALUATION + NOT_ZXX), "-")})',
               "{{language}}", BAD_SHARE, 8, 8)
    board.stat("Languages over 10 %", "Languages that surely fail more than 10 % of their results over $window: the lower end of the "
               "interval is above it.", "short", f"count({share} > 0.10) or vector(0)", thresholds(1, 3))
    board.stat("Spans received", "Spans a second that came in, over all transports.", "cps",
               total("", "isogloss_received_spans_total", JOB, "$__rate_interval", "rate"))
    traffic = f'{JOB}, service=~"$service"'
    named = f'{traffic}, language!~"{NO_LANGUAGE}"'
    board.stat("Turns not in English", "Share of the turns over $window whose question is in a language other than English, among "
               "those in a known language.", "percentunit",
               ratio(total("", "isogloss_turns_total", f'{traffic}, language!~"en|{NO_LANGUAGE}"'), total("", "isogloss_turns_total", named)))
    board.stat("Turns in no known language", "Share of the turns over $window whose language could not be told: short texts, and "
               "languages that the detector does not know.", "percentunit",
               ratio("(" + total("", "isogloss_turns_total", f'{traffic}, language="und"') + " or vector(0))",
                     total("", "isogloss_turns_total", traffic)), thresholds(0.2, 0.5))
    board.stat("Spans dropped", "Spans that were lost over $window. The normal number is none.", "short",
               f'{total("", "isogloss_dropped_spans_total", JOB)} or vector(0)', thresholds(1, 1))
    board.stat("Turns waiting", "Turns in the queues to the evaluations.", "short",
               f"sum(isogloss_queue_depth{{{JOB}}}) or vector(0)")
    board.stat("Judge requests failed", "Share of the requests to the judge over $window that gave no answer.", "percentunit",
               "(" + total("", "isogloss_judge_requests_total", JOB + ', status!="ok"') + " or vector(0)) / ("
               + "(" + total("", "isogloss_judge_requests_total", JOB) + " > 0) or vector(1))", thresholds(0.05, 0.2))
    board.stat("Instances", "Instances of isogloss that Prometheus reaches.", "short", f"sum(up{{{JOB}}})")


def side_by_side(board):
    board.row("Languages side by side")
    columns = [
        ("Turns", total("language", "isogloss_turns_total", TRAFFIC), "short"),
        ("Results", results("language"), "short"),
        ("Fail ratio", ratio(fails("language"), results("language")), "percentunit"),
        ("At least", wilson(fails("language"), results("language"), "-"), "percentunit"),
        ("At most", wilson(fails("language"), results("language"), "+"), "percentunit"),
        ("Refused", refusal_ratio("language"), "percentunit"),
        ("Other language", mismatch_ratio(), "percentunit"),
        ("Contamination", f"max by (language) (isogloss_cohort_contamination_ratio{{{TRAFFIC}}})", "percentunit"),
        ("Tokens per character", density(), "short"),
        ("Tokens against English", f"({density()}) / {english_density()}", "short"),
    ]
    refs = "ABCDEFGHIJ"
    names = {f"Value #{ref}": name for ref, (name, _, _) in zip(refs, columns)} | {"language": "Language"}
    overrides = [override(name, ("unit", unit), ("decimals", 0 if name in ("Turns", "Results") else 2)) for name, _, unit in columns]
    for name in ("Fail ratio", "At least", "Refused", "Other language", "Contamination"):
        overrides.append(override(name, ("thresholds", BAD_SHARE), ("custom.cellOptions", {"type": "color-text"})))
    overrides.append(override("Results", ("custom.cellOptions", {"type": "color-text"}), ("thresholds", {
        "mode": "absolute", "steps": [{"color": "#808080", "value": None}, {"color": "text", "value": 30}]})))
    board.table("Languages", "Each language over $window. At least and at most: 95 % interval of the fail ratio, over the chosen "
                "evaluations together. A grey number of results (below 30) is too few to go by. Refused is empty where the language "
                "has no refusal patterns. Contamination: the share of the language's turns that is expected to be in a larger language, taken "
                "for this one; the larger it is, the less the other columns say. Tokens against English: how many times as many tokens a character costs; characters of "
                "Chinese or Japanese say more than letters do, so compare scripts with care.",
                "short", [target(expr, ref=ref, table=True) for ref, (_, expr, _) in zip(refs, columns)],
                [{"id": "merge", "options": {}},
                 {"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName": names,
                                                "indexByName": {"language": 0} | {f"Value #{r}": i + 1 for i, r in enumerate(refs[:len(columns)])}}},
                 {"id": "sortBy", "options": {"sort": [{"field": "At least", "desc": True}]}}],
                overrides)
    by = "language, evaluation"
    board.table("Fail ratio by language and evaluation", "Each cell is the share of failed results over $window. An empty cell has no results: "
                "the evaluation does not run, or cannot be asked of this language.", "percentunit",
                [target(ratio(fails(by), results(by)), table=True)],
                [{"id": "groupingToMatrix", "options": {"rowField": "language", "columnField": "evaluation", "valueField": "Value",
                                                        "emptyValue": "null"}}],
                [], 12, 12, BAD_SHARE, "color-background")
    board.table("Texts by language and role", "Texts seen over $window, by whose text it is. A retrieval or an output column that is "
                "full where the input column is empty shows in which step a language is lost.", "short",
                [target(total("language, role", "isogloss_texts_total", TRAFFIC), table=True)],
                [{"id": "groupingToMatrix", "options": {"rowField": "language", "columnField": "role", "valueField": "Value",
                                                        "emptyValue": "null"}}],
                [], 12, 12)


def over_time(board):
    board.row("Over time")
    board.lines("Fail ratio by language", "Share of failed results over the last $window, at each moment.", "percentunit",
                [target(ratio(fails("language"), results("language")), "{{language}}")])
    band = [override("lower", ("custom.lineWidth", 0)),
            override("upper", ("custom.lineWidth", 0), ("custom.fillBelowTo", "lower"), ("custom.fillOpacity", 15))]
    board.lines("Fail ratio with interval", "All chosen languages and evaluations together, over the last $window, with the 95 % interval. "
                "Choose one language to see how sure its ratio is.", "percentunit",
                [target(ratio(fails(""), results("")), "ratio", "A"), target(wilson(fails(""), results(""), "-"), "lower", "B"),
                 target(wilson(fails(""), results(""), "+"), "upper", "C")], overrides=band)
    board.lines("Refusal ratio by language", "Refusals among the answers that could be told, over the last $window. Languages without "
                "refusal patterns are not shown.", "percentunit", [target(refusal_ratio("language"), "{{language}}")])
    board.lines("Answers in another language", "Share of the answers over the last $window that are in another language than the question.",
                "percentunit", [target(mismatch_ratio(), "{{language}}")])
    board.lines("Turns and texts in no language", "Coverage: the share over the last $window of the turns, and of the texts of users and answers, whose "
                "language could not be told or is only guessed. They are und in every rate.", "percentunit", [
                    target(ratio("(" + total("", "isogloss_turns_total", UNDETERMINED) + " or vector(0))",
                                 total("", "isogloss_turns_total", SERVICE)), "turns", "A"),
                    target(ratio(f"({total('role', 'isogloss_texts_total', UNDETERMINED + SPOKEN)} or 0 * {total('role', 'isogloss_texts_total', SERVICE + SPOKEN)})",
                                 total("role", "isogloss_texts_total", SERVICE + SPOKEN)), "{{role}} texts", "B")])
    board.lines("What told the language", "Completed turns a second, by what told the language of the question: its text, the text with the served "
                "languages, other texts of the trace, the session before, or nothing.", "cps",
                [target(total("source", "isogloss_turn_language_sources_total", SERVICE, "$__rate_interval", "rate"), "{{source}}")], stacked=True)
    board.lines("Turns by language", "Completed turns a second, by the language of the question.", "cps",
                [target(total("language", "isogloss_turns_total", TRAFFIC, "$__rate_interval", "rate"), "{{language}}")], stacked=True)
    board.lines("Texts by role", "Texts a second whose language was looked at.", "cps",
                [target(total("role", "isogloss_texts_total", TRAFFIC, "$__rate_interval", "rate"), "{{role}}")], stacked=True)


def tokens_and_samples(board):
    board.row("Tokens and samples")
    board.lines("Tokens per character", "Tokens of question and answer per character, over the last $window: what a language costs.",
                "short", [target(density(), "{{language}}")])
    for unit, family in (("character", "isogloss_characters_total"), ("byte", "isogloss_bytes_total")):
        board.table(f"Token premium by {unit}", f"How many times as many tokens a {unit} costs as in English with the same model, over $window, "
                    "question and answer. A model that has seen no English is not shown. Characters of Chinese or Japanese say more than "
                    "letters do, and those of Indian scripts take three bytes: compare across scripts by both.", "short",
                    [target(premium(family), table=True)],
                    [{"id": "groupingToMatrix", "options": {"rowField": "language", "columnField": "model", "valueField": "Value",
                                                            "emptyValue": "null"}}],
                    [], 12, 9)
    board.lines("Tokens by language", "Tokens a second, all roles.", "cps",
                [target(total("language", "isogloss_tokens_total", MODEL, "$__rate_interval", "rate"), "{{language}}")], stacked=True)
    columns = [("Weighted fail ratio", weighted_ratio("language"), "percentunit"), ("Effective results", effective_results("language"), "short")]
    board.table("Weighted fail ratio", "Results weighted by one over the probability that their turn was chosen, over $window. This is the estimate for "
                "all turns when languages are sampled at different rates. Effective results: how many equally weighted ones would tell as much.",
                "short", [target(expr, ref=ref, table=True) for ref, (_, expr, _) in zip("AB", columns)],
                [{"id": "merge", "options": {}},
                 {"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName":
                                                {"language": "Language", "Value #A": columns[0][0], "Value #B": columns[1][0]}}}],
                [override(name, ("unit", unit), ("decimals", 2)) for name, _, unit in columns], 12, 9)
    board.lines("Sampling", "Turns a second by what was decided about judging them.", "cps",
                [target(total("decision", "isogloss_sampled_turns_total", TRAFFIC, "$__rate_interval", "rate"), "{{decision}}")], height=9, stacked=True)


def pipeline(board):
    rate = ("$__rate_interval", "rate")
    board.row("Pipeline")
    board.lines("Spans", "Spans a second: received, refused (their senders keep them), forwarded and dropped (lost).", "cps", [
        target(total("", "isogloss_received_spans_total", JOB, *rate), "received", "A"),
        target(total("", "isogloss_refused_spans_total", JOB, *rate), "refused", "B"),
        target(total("", "isogloss_forwarded_spans_total", JOB, *rate), "forwarded", "C"),
        target(total("", "isogloss_dropped_spans_total", JOB, *rate), "dropped", "D")])
    board.lines("Refused and dropped by reason", "Spans over the last $window that were refused or dropped, by reason.", "short", [
        target(f'{total("reason", "isogloss_refused_spans_total", JOB)} or vector(0)', "refused {{reason}}", "A"),
        target(f'{total("reason", "isogloss_dropped_spans_total", JOB)} or vector(0)', "dropped {{reason}}", "B")])
    board.lines("Added latency", "Time from a request's arrival until it is ready to be forwarded.", "s", [
        target(quantile(0.5, "isogloss_added_latency_seconds"), "p50", "A"),
        target(quantile(0.99, "isogloss_added_latency_seconds"), "p99", "B")], 8)
    board.lines("Forward duration", "Time that a destination takes for a request: the 99th percentile.", "s", [
        target(quantile(0.99, "isogloss_forward_duration_seconds", "destination"), "{{destination}}")], 8)
    board.lines("Queues", "How full each queue is. A full one sheds turns that were chosen for evaluation.", "percentunit", [
        target(f"sum by (queue) (isogloss_queue_depth{{{JOB}}}) / (sum by (queue) (isogloss_queue_capacity{{{JOB}}}) > 0)", "{{queue}}")], 8)
    board.lines("Judge requests", "Requests a second to the judge, by what came back.", "cps", [
        target(total("status", "isogloss_judge_requests_total", JOB, *rate), "{{status}}")], 8, stacked=True)
    board.lines("Over the caps and late", "Over the last $window: values of a label that were counted as other, and spans that came after "
                "their turn was judged.", "short", [
                    target(f'{total("label", "isogloss_label_overflow_total", JOB)} or vector(0)', "overflow {{label}}", "A"),
                    target(f'{total("", "isogloss_late_spans_total", JOB)} or vector(0)', "late spans", "B")], 8)
    board.lines("Memory", "Resident memory of each instance.", "bytes", [
        target(f"process_resident_memory_bytes{{{JOB}}}", "{{instance}}")], 8)
    board.lines("CPU", "Cores in use by each instance.", "short", [
        target(f"rate(process_cpu_seconds_total{{{JOB}}}[$__rate_interval])", "{{instance}}")], 8)
    board.table("Versions", "Instances by version.", "short",
                [target(f"count by (version) (isogloss_build_info{{{JOB}}})", table=True)],
                [{"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName": {"version": "Version", "Value": "Instances"}}}],
                [], 8, 8)


def variable(name, label, query):
    return {
        "type": "query", "name": name, "label": label, "datasource": DATASOURCE, "query": {"query": query, "refId": name},
        "definition": query, "refresh": 2, "sort": 1, "multi": True, "includeAll": True, "allValue": ".+",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]}, "options": [], "hide": 0,
    }


def variables():
    windows = ["15m", "1h", "6h", "1d", "3d"]
    return [
        {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "current": {}, "hide": 0,
         "includeAll": False, "multi": False, "options": [], "refresh": 1},
        variable("job", "Job", "label_values(isogloss_build_info, job)"),
        variable("service", "Service", 'label_values(isogloss_turns_total{job=~"$job"}, service)'),
        variable("model", "Model", 'label_values(isogloss_evaluations_total{job=~"$job"}, model)'),
        variable("evaluation", "Evaluation", 'label_values(isogloss_evaluations_total{job=~"$job"}, evaluation)'),
        variable("language", "Language", 'label_values(isogloss_turns_total{job=~"$job"}, language)'),
        {"type": "custom", "name": "window", "label": "Window", "query": ",".join(windows), "multi": False, "includeAll": False, "hide": 0,
         "current": {"selected": True, "text": "1h", "value": "1h"},
         "options": [{"selected": w == "1h", "text": w, "value": w} for w in windows]},
    ]


def dashboard():
    board = Board()
    for part in (now, side_by_side, over_time, tokens_and_samples, pipeline):
        part(board)
    return {
        "uid": "isogloss-languages",
        "id": None,
        "title": "isogloss: languages side by side",
        "description": "How well an LLM agent serves the users of each language.",
        "tags": ["isogloss"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": variables()},
        "annotations": {"list": [{
            "name": "Language alerts", "datasource": DATASOURCE, "enable": True, "iconColor": "red",
            "expr": 'ALERTS{alertstate="firing", alertname=~"Language.*|AnswerLanguage.*", language=~"$language"}',
            "titleFormat": "{{alertname}}", "textFormat": "{{service}} {{evaluation}} {{language}}", "step": "60s",
        }]},
        "links": [],
        "panels": board.panels,
    }


def main():
    text = json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n"
    if sys.argv[1:] == ["--stdout"]:
        sys.stdout.write(text)
    elif not sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
