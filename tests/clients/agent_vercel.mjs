// The Vercel AI SDK with telemetry, as its users set it up.
//
// agent_vercel.mjs 6|7 grpc|http|json QUESTIONS.json, a list of [system, question]. From the environment: OTEL_EXPORTER_OTLP_ENDPOINT
// as for any OpenTelemetry SDK, MODEL_URL for the model.
import { readFileSync } from 'node:fs';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const [version, transport, questions] = process.argv.slice(2);
const exporters = { grpc: 'grpc', http: 'proto', json: 'http' };
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${exporters[transport]}`);
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': `live-vercel${version}-${transport}` }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const { generateText, registerTelemetry } = await import(`ai${version}`);
if (version === '7') {
  const { OpenTelemetry } = await import('@ai-sdk/otel');
  registerTelemetry(new OpenTelemetry());
}
const openai = createOpenAICompatible({ name: 'openai', baseURL: process.env.MODEL_URL, apiKey: 'none' });
for (const [system, question] of JSON.parse(readFileSync(questions, 'utf8'))) {
  await generateText({
    model: openai('gpt-4o-mini'),
    system,
    prompt: question,
    maxRetries: 0,
    experimental_telemetry: { isEnabled: true },
  });
}
await provider.forceFlush();
await provider.shutdown();
