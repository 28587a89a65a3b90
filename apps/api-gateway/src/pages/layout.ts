import { createHash } from 'node:crypto';

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

export interface PageText {
  readonly title: string;
  readonly lead: string;
  /** HTML. */
  readonly body: string;
  readonly script?: string;
}

const style = `
  :root { --ink: #10202f; --soft: #51657a; --line: #d8e0e8; --card: #fff; --ground: #f4f7fa; --accent: #0b6bcb; --on-accent: #fff }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e8eef4; --soft: #9db0c3; --line: #26384a; --card: #132232; --ground: #0b1622; --accent: #62b0ff; --on-accent: #0b1622 }
  }
  * { box-sizing: border-box }
  body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.6 system-ui, sans-serif }
  main { max-width: 34rem; margin: 0 auto; padding: 4rem 1.5rem }
  a { color: var(--accent) }
  .card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 2rem }
  h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .75rem; letter-spacing: -.01em }
  p { color: var(--soft); margin: 0 0 1.25rem }
  label { display: block; margin: 0 0 1.25rem; color: var(--soft); font-size: .9rem }
  input { display: block; width: 100%; margin-top: .35rem; padding: .65rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--ground); color: var(--ink); font: inherit }
  fieldset { margin: 0; padding: 0; border: 0 }
  button { padding: .7rem 1.4rem; border: 0; border-radius: .5rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer }
  button:disabled { opacity: .6; cursor: default }
  input:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
  [role=status] { margin: 1.25rem 0 0; min-height: 1.6em; color: var(--ink) }
  footer { margin-top: 1.5rem; font-size: .9rem }`;

/** A small page of one card, in the looks of the home page. `text` but for `body` and `script` is escaped. */
export function pageOf({ title, lead, body, script }: PageText): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} - StockTool</title>
<style>${style}</style>
</head>
<body>
<main>
<div class="card">
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(lead)}</p>
${body}
</div>
<footer><a href="/">StockTool</a></footer>
</main>
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but this page's own style and script, which may call this origin. */
export const policyOf = (script?: string): string =>
  [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    ...(script === undefined ? [] : [`script-src ${hashSource(script)}`, "connect-src 'self'"]),
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
