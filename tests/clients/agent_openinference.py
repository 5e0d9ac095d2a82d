"""OpenInference's instrumentation of the OpenAI client, set up by Phoenix.

agent_openinference.py grpc|http QUESTIONS.json, a list of [system, question]. From the environment: OTLP_ENDPOINT,
MODEL_URL for the model.
"""

import json
import os
import sys

import openai
from openinference.instrumentation.openai import OpenAIInstrumentor
from phoenix.otel import register

transport, questions = sys.argv[1:]
protocol = "grpc" if transport == "grpc" else "http/protobuf"
# Without `batch` each span is a request of its own.
provider = register(
    endpoint=os.environ["OTLP_ENDPOINT"],
    protocol=protocol,
    project_name=f"live-openinference-{transport}",
    batch=transport == "http",
    verbose=False,
)
OpenAIInstrumentor().instrument(tracer_provider=provider)
model = openai.OpenAI(base_url=os.environ["MODEL_URL"], api_key="none", max_retries=0)
with open(questions, encoding="utf-8") as file:
    for system, question in json.load(file):
        model.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": "system", "content": system}, {"role": "user", "content": question}],
        )
if not provider.force_flush(20_000):
    sys.exit("the spans could not be exported")
provider.shutdown()
