/** Without what stands between fences. */
export function withoutFences(markdown: string): string {
  return markdown.replaceAll(/^ *```.*?^ *```[^\n]*$/gms, '');
}

/** The text of each heading, as it is shown. */
export function headingsOf(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, text = '']) =>
    text.replaceAll(/[`*]/g, ''),
  );
}

/** What begins a paragraph or an item in bold, which the documents use as the smallest of headings. */
export function leadsOf(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/^(?:- )?\*\*([^*]+?)\.?\*\*/gm)].map(([, text = '']) =>
    text.replaceAll('`', ''),
  );
}

/** What a link to each heading ends with, as GitHub makes it. */
export function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  return headingsOf(markdown).map((heading) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

/** Sentences of paragraphs and lists; tables, headings and code are left out. A piece of code in a line is one word. */
export function sentencesOf(markdown: string): string[] {
  const blocks = withoutFences(markdown)
    .replaceAll(/`[^`]+`/g, 'code')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/^(?:\||#|<!--).*$/gm, '')
    // An item of a list begins a block of its own.
    .replaceAll(/^ *(?:[-*]|\d+\.) /gm, '\n')
    .split(/\n\s*\n/);
  return blocks.flatMap((block) =>
    block
      .replaceAll(/\s+/g, ' ')
      .trim()
      .split(/(?<=[.!?]["”')*]*) +/)
      .filter((sentence) => sentence !== ''),
  );
}

export function wordsIn(sentence: string): number {
  return sentence.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
