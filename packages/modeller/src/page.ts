// What the pages of a model share: each loads nothing, and is readable on a phone, light or dark.

import { escapeHtml } from "@sparkify/lib/show";

/** Programs take a page with control characters for no text. */
const withoutControls = (html: string) => html.replace(/[^\P{Cc}\t\r\n]/gu, "\ufffd");

/** Text for a page. */
export const plain = (text: string) => escapeHtml(withoutControls(text));

/**
 * A whole page.
 * @param main HTML of what follows its heading
 */
export const page = (title: string, style: string, main: string): string =>
  withoutControls(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${main}
</main>
</body>
</html>
`);
