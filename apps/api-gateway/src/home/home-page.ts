/** What stands at `/` until the console does: where everything is, and a first analysis to paste into a terminal. */
export function homePage(publicUrl: URL): string {
  const base = publicUrl.href.replace(/\/$/, '').replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>StockTool</title>
<style>
  :root { --ink: #10202f; --soft: #51657a; --line: #d8e0e8; --card: #fff; --ground: #f4f7fa; --accent: #0b6bcb; --code: #0d1b2a }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e8eef4; --soft: #9db0c3; --line: #26384a; --card: #132232; --ground: #0b1622; --accent: #62b0ff; --code: #050d15 }
  }
  * { box-sizing: border-box }
  body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.6 system-ui, sans-serif }
  main { max-width: 54rem; margin: 0 auto; padding: 4rem 1.5rem }
  h1 { font-size: 2.4rem; line-height: 1.15; margin: 0 0 .5rem; letter-spacing: -.02em }
  p.lead { color: var(--soft); font-size: 1.15rem; max-width: 40rem; margin: 0 0 2.5rem }
  ul { list-style: none; padding: 0; margin: 0 0 2.5rem; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)) }
  li a { display: block; height: 100%; padding: 1.1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; text-decoration: none; color: var(--soft) }
  li a:hover, li a:focus-visible { border-color: var(--accent); outline: none }
  li strong { display: block; color: var(--accent); font-size: 1.05rem }
  h2 { font-size: 1.1rem; margin: 0 0 .75rem }
  pre { margin: 0; padding: 1.25rem; border-radius: .75rem; background: var(--code); color: #e6f0fa; overflow-x: auto; font: 13.5px/1.6 ui-monospace, monospace }
  footer { margin-top: 2.5rem; color: var(--soft); font-size: .9rem }
</style>
</head>
<body>
<main>
  <h1>StockTool</h1>
  <p class="lead">Risk analyses of your portfolio and answers about markets, in which every number comes from a calculation you can check.</p>
  <ul>
    <li><a href="/docs"><strong>API documentation</strong>Every route, to read and to try</a></li>
    <li><a href="/openapi.json"><strong>OpenAPI document</strong>For client generators and tools</a></li>
    <li><a href="/health/ready"><strong>Health</strong>What this service needs, and whether it answers</a></li>
  </ul>
  <h2>Your first analysis</h2>
  <pre>TOKEN=$(curl -s ${base}/v1/auth/register -H 'content-type: application/json' \\
  -d '{"email":"you@example.com","password":"a long enough password"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')

curl -s ${base}/v1/analyses -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -d '{"holdings":[{"symbol":"AAPL","weight":0.6},{"symbol":"MSFT","weight":0.4}]}'</pre>
  <footer>The answer says where the result will be. Prices are of the bundled data set unless live data were chosen at start.</footer>
</main>
</body>
</html>
`;
}
