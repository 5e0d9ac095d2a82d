#!/usr/bin/env python3
"""A scrape target with isogloss's metric families and invented traffic: python3 target.py PORT

Answers on 127.0.0.1 in the text format. Nine languages, of which Swahili is visibly worse and costs more tokens, and
Yoruba has no refusal patterns. It is here to try the dashboard and the rules without the program; standard library only.
"""

import http.server
import random
import sys
import threading
import time

# language: turns a second, fail probability, refusal probability, answers in English, tokens per character.
LANGUAGES = {
    "en": (8.0, 0.04, 0.02, 0.00, 0.23),
    "es": (4.0, 0.05, 0.02, 0.01, 0.27),
    "de": (3.0, 0.05, 0.02, 0.01, 0.29),
    "ja": (2.0, 0.06, 0.03, 0.02, 0.72),
    "hi": (1.5, 0.08, 0.04, 0.04, 0.52),
    "ro": (1.0, 0.07, 0.02, 0.03, 0.36),
    "sw": (0.7, 0.40, 0.22, 0.25, 0.41),
    "yo": (0.5, 0.30, 0.10, 0.30, 0.60),
    "und": (1.0, 0.10, 0.05, 0.00, 0.30),
}
NOT_COVERED = {"yo", "und"}
OUTCOMES = ("pass", "fail", "skipped", "error")
CHECKS = ("refused", "answered", "undetermined")
BUCKETS = (0.0005, 0.0025, 0.01, 0.05, 0.25, 1.5)
SAMPLED = 0.25

HELP = {
    "isogloss_texts_total": "Texts whose language was looked at.",
    "isogloss_turns_total": "Completed turns.",
    "isogloss_evaluations_total": "Verdicts by outcome.",
    "isogloss_evaluation_weight_total": "Sum of the weights of verdicts.",
    "isogloss_evaluation_weight_squared_total": "Sum of the squared weights of verdicts.",
    "isogloss_refusals_total": "Refusal checks by outcome.",
    "isogloss_refusal_coverage": "Whether refusals can be told in a language.",
    "isogloss_eval_fail_ratio": "Share of failed results over the window.",
    "isogloss_eval_fail_ratio_lower": "Lower end of the interval of the fail ratio.",
    "isogloss_eval_fail_ratio_upper": "Upper end of the interval of the fail ratio.",
    "isogloss_refusal_ratio": "Share of refusals over the window.",
    "isogloss_refusal_ratio_lower": "Lower end of the interval of the refusal ratio.",
    "isogloss_refusal_ratio_upper": "Upper end of the interval of the refusal ratio.",
    "isogloss_tokens_total": "Tokens of texts.",
    "isogloss_characters_total": "Characters of texts.",
    "isogloss_bytes_total": "Bytes of texts.",
    "isogloss_received_spans_total": "Spans received.",
    "isogloss_refused_spans_total": "Spans refused.",
    "isogloss_forwarded_spans_total": "Spans forwarded.",
    "isogloss_dropped_spans_total": "Spans lost.",
    "isogloss_sampled_turns_total": "Turns by sampling decision.",
    "isogloss_label_overflow_total": "Label values over the cap.",
    "isogloss_judge_requests_total": "Requests to the judge.",
    "isogloss_late_spans_total": "Spans that came after their turn was judged.",
    "isogloss_queue_depth": "Entries waiting.",
    "isogloss_queue_capacity": "Entries that may wait.",
    "isogloss_build_info": "The version, as a label.",
    "isogloss_added_latency_seconds": "Time from arrival until ready to be forwarded.",
    "isogloss_forward_duration_seconds": "Time that a destination takes.",
    "process_resident_memory_bytes": "Resident memory.",
    "process_cpu_seconds_total": "CPU time.",
}


class Series:
    """Every value by family and labels."""

    def __init__(self):
        self.lock = threading.Lock()
        self.values = {}

    def add(self, family, amount=1.0, **labels):
        key = (family, tuple(labels.items()))
        self.values[key] = self.values.get(key, 0.0) + amount

    def put(self, family, value, **labels):
        self.values[(family, tuple(labels.items()))] = float(value)

    def observe(self, family, value, **labels):
        for bound in BUCKETS:
            self.add(family + "_bucket", float(value <= bound), **labels, le=str(bound))
        self.add(family + "_bucket", 1.0, **labels, le="+Inf")
        self.add(family + "_sum", value, **labels)
        self.add(family + "_count", 1.0, **labels)

    def text(self):
        lines = []
        for family, help_ in HELP.items():
            names = {family, family + "_bucket", family + "_sum", family + "_count"}
            rows = [(key, value) for key, value in self.values.items() if key[0] in names]
            histogram = any(name.endswith("_bucket") for (name, _), _ in rows)
            kind = "counter" if family.endswith("_total") else "histogram" if histogram else "gauge"
            lines += [f"# HELP {family} {help_}", f"# TYPE {family} {kind}"]
            for (name, labels), value in rows:
                inner = ",".join(f'{k}="{v}"' for k, v in labels)
                lines.append(f"{name}{{{inner}}} {value}")
        return "\n".join(lines) + "\n"


def verdict(series, random_, language, evaluation, fail, weight, model):
    outcome = random_.choices(OUTCOMES, (0.98 * (1 - fail), 0.98 * fail, 0.01, 0.01))[0]
    target = "en" if evaluation == "language_match" and outcome == "fail" else language
    series.add("isogloss_evaluations_total", service="shop", model=model, step="answer", evaluation=evaluation, language=language,
               target_language=target, outcome=outcome)
    labels = {"service": "shop", "evaluation": evaluation, "language": language, "outcome": outcome}
    series.add("isogloss_evaluation_weight_total", weight, **labels)
    series.add("isogloss_evaluation_weight_squared_total", weight * weight, **labels)


def born(series):
    """All outcomes of a cohort begin at 0 together, as in the program."""
    for language in LANGUAGES:
        for model in ("m-large", "m-small"):
            for outcome in CHECKS:
                series.add("isogloss_refusals_total", 0, service="shop", model=model, language=language, outcome=outcome)
            for evaluation in ("refusal", "language_match", "empty_answer", "answer_relevancy"):
                for outcome in OUTCOMES:
                    series.add("isogloss_evaluations_total", 0, service="shop", model=model, step="answer", evaluation=evaluation,
                               language=language, target_language=language, outcome=outcome)
        series.put("isogloss_refusal_coverage", language not in NOT_COVERED, language=language, source="pattern")
    series.put("isogloss_build_info", 1, version="0.0.0-invented")
    series.put("isogloss_queue_capacity", 1000, queue="judge")
    series.add("isogloss_refused_spans_total", 0, transport="grpc", reason="unavailable")
    series.add("isogloss_dropped_spans_total", 0, destination="tempo", reason="rejected")
    series.add("isogloss_label_overflow_total", 0, label="service")
    series.add("isogloss_late_spans_total", 0)


def turn(series, random_, language):
    _, fail, refuse, english, density = LANGUAGES[language]
    model = random_.choice(("m-large", "m-small"))
    target = "en" if random_.random() < english else language
    series.add("isogloss_turns_total", service="shop", language=language, target_language=target)
    for role, size in (("system", 600), ("input", 80), ("retrieval", 1500), ("tool_arguments", 60), ("output", 400)):
        spoken = "en" if role in ("system", "tool_arguments") else language
        characters = random_.randint(size // 2, size * 2)
        series.add("isogloss_texts_total", service="shop", role=role, language=spoken)
        labels = {"service": "shop", "model": model, "role": role, "language": spoken}
        series.add("isogloss_tokens_total", round(characters * LANGUAGES[spoken][4]), **labels, tokenizer="o200k_base")
        series.add("isogloss_characters_total", characters, **labels)
        series.add("isogloss_bytes_total", characters * 2, **labels)
    refused = random_.random() < refuse
    check = "undetermined" if language in NOT_COVERED else "refused" if refused else "answered"
    series.add("isogloss_refusals_total", service="shop", model=model, language=language, outcome=check)
    if check != "undetermined":
        verdict(series, random_, language, "refusal", float(refused), 1.0, model)
    if language != "und":
        verdict(series, random_, language, "language_match", float(target != language), 1.0, model)
    verdict(series, random_, language, "empty_answer", 0.01, 1.0, model)
    chosen = random_.random() < SAMPLED
    series.add("isogloss_sampled_turns_total", service="shop", language=language, decision="kept" if chosen else "skipped")
    if chosen:
        verdict(series, random_, language, "answer_relevancy", fail, 1 / SAMPLED, model)
        series.add("isogloss_judge_requests_total", status=random_.choices(("ok", "timeout"), (0.97, 0.03))[0])
    series.add("isogloss_received_spans_total", 6, transport="grpc")
    series.add("isogloss_forwarded_spans_total", 6, destination="tempo")
    series.observe("isogloss_added_latency_seconds", random_.expovariate(1 / 0.002))
    series.observe("isogloss_forward_duration_seconds", random_.expovariate(1 / 0.02), destination="tempo")


def traffic(series):
    random_ = random.Random(7)
    start = time.monotonic()
    while True:
        with series.lock:
            for language, (rate, *_) in LANGUAGES.items():
                for _ in range(int(rate) + (random_.random() < rate % 1)):
                    turn(series, random_, language)
            depth = random_.randint(0, 40)
            series.put("isogloss_queue_depth", depth, queue="judge")
            ratios(series)
            series.put("process_resident_memory_bytes", 60e6 + depth * 1e4)
            series.put("process_cpu_seconds_total", (time.monotonic() - start) * 0.1)
        time.sleep(0.25)


def wilson(bad, all_):
    spread = 1.96 * (bad * (all_ - bad) / all_ + 0.9604) ** 0.5
    return bad / all_, (bad + 1.9208 - spread) / (all_ + 3.8416), (bad + 1.9208 + spread) / (all_ + 3.8416)


def ratios(series):
    """The convenience gauges; over all time, for the window is longer than this lives."""
    sums = {}
    for (family, labels), value in series.values.items():
        of = dict(labels)
        if family == "isogloss_evaluations_total" and of["outcome"] in ("pass", "fail"):
            key = ("isogloss_eval_fail_ratio", ("service", "shop"), ("evaluation", of["evaluation"]), ("language", of["language"]))
        elif family == "isogloss_refusals_total" and of["outcome"] != "undetermined":
            key = ("isogloss_refusal_ratio", ("service", "shop"), ("language", of["language"]))
        else:
            continue
        bad, all_ = sums.get(key, (0.0, 0.0))
        sums[key] = (bad + value * (of["outcome"] in ("fail", "refused")), all_ + value)
    for (family, *labels), (bad, all_) in sums.items():
        if all_:
            for suffix, value in zip(("", "_lower", "_upper"), wilson(bad, all_)):
                series.put(family + suffix, value, **dict(labels))


def serve(series, port):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            with series.lock:
                body = series.text().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    # Port 0 asks for a free one, so whoever started this reads which it is.
    print(server.server_address[1], flush=True)
    server.serve_forever()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    series = Series()
    born(series)
    threading.Thread(target=traffic, args=(series,), daemon=True).start()
    serve(series, int(sys.argv[1]))


if __name__ == "__main__":
    main()
