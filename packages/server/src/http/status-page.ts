import { pageHeaders } from './page-headers.ts';
import type { HttpServer } from './server.ts';

export interface StatusPageParts {
  readonly version: string;
  readonly phase: () => string;
  readonly nodeName: string;
  readonly isDemo: boolean;
}

/** A plain page at `/`: version, state, what to do next. It says nothing about agents. */
export function registerStatusPage(server: HttpServer, parts: StatusPageParts): void {
  server.get('/', { config: { logName: 'getStatusPage', family: 'page' } }, async (request, reply) => {
    request.facts.code = '200';
    return reply.headers({ ...pageHeaders(STYLE), 'cache-control': 'no-store' }).send(statusPage(parts));
  });
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/24px system-ui, sans-serif; max-width: 40rem; margin: 48px auto; padding: 0 16px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; }
dd { margin: 0; }
`;

const DEMO_STEPS = `<li>Sign an agent in with the first line that <code>npm start</code> printed.</li>
<li>Read its events with the second one.</li>
<li>Make a real installation with <code>rollcall init</code>; this one has agents without passwords.</li>`;

const SITE_STEPS = `<li>Describe your centre in a site file and load it with <code>rollcall import</code>.</li>
<li>Point your agent desktops at <code>/agentgateway/resource</code> on this address.</li>
<li>Ask <code>GET /api/v1/site</code> with the site token whether all is well.</li>`;

function statusPage({ version, phase, nodeName, isDemo }: StatusPageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rollcall</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Rollcall</h1>
<p>The agent gateway of a contact centre.</p>
<dl>
<dt>Version</dt><dd>${version}</dd>
<dt>State</dt><dd>${phase()}${isDemo ? ', with demo data' : ''}</dd>
<dt>Node</dt><dd>${nodeName}</dd>
</dl>
<h2>Next steps</h2>
<ol>
${isDemo ? DEMO_STEPS : SITE_STEPS}
</ol>
</body>
</html>
`;
}
