"""traceAI's instrumentation of the OpenAI client, as its users set it up.

agent_traceai.py grpc|http QUESTIONS.json, a list of [system, question]. From the environment: FI_BASE_URL, FI_GRPC_URL,
FI_API_KEY, FI_SECRET_KEY as for any user of traceAI, MODEL_URL for the model.
"""

import json
import os
import sys

import openai
from fi_instrumentation import register
from fi_instrumentation.fi_types import EvalName, EvalSpanKind, EvalTag, EvalTagType, ModelChoices, ProjectType
from fi_instrumentation.otel import Transport
from traceai_openai import OpenAIInstrumentor

transport, questions = sys.argv[1:]
# An evaluation of FutureAGI's own: the client asks its server for it here and fails when nobody answers. `register` asks
# again, and takes such tags in experiments only.
tag = EvalTag(
    type=EvalTagType.OBSERVATION_SPAN,
    value=EvalSpanKind.LLM,
    eval_name=EvalName.COMPLETENESS,
    model=ModelChoices.TURING_FLASH,
    mapping={"input": "gen_ai.input.messages.1.message.content", "output": "gen_ai.output.messages.0.message.content"},
)
provider = register(
    project_type=ProjectType.OBSERVE if transport == "grpc" else ProjectType.EXPERIMENT,
    eval_tags=[] if transport == "grpc" else [tag],
    project_name=f"live-traceai-{transport}",
    transport=Transport.GRPC if transport == "grpc" else Transport.HTTP,
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
