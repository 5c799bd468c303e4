/** What a machine may run out of: the system's code, its words, and the sentence for whoever started this. */
const shortages = [
  {
    code: 'ENOSPC',
    words: 'no space left on device',
    sentence: 'The disk is full: make room, or name a data folder on another one with --data.',
  },
  {
    code: 'EDQUOT',
    words: 'disk quota exceeded',
    sentence:
      'The quota of the disk is used up: make room, or name a data folder on another one with --data.',
  },
  {
    code: 'EFBIG',
    words: 'file too large',
    sentence: 'A file would be larger than this system allows: raise its limit (ulimit -f).',
  },
  {
    code: 'EROFS',
    words: 'read-only file system',
    sentence: 'The disk can only be read: name a data folder on another one with --data.',
  },
  {
    code: 'EMFILE',
    words: 'too many open files',
    sentence: 'This system allows too few open files: raise its limit (ulimit -n).',
  },
  {
    code: 'ENOMEM',
    words: 'cannot allocate memory',
    sentence: 'The memory of this machine is used up: end what holds it.',
  },
] as const;

/** One sentence for a system's code that says the machine has no room for something; undefined for every other code. */
export function shortageOf(code: string | undefined): string | undefined {
  return shortages.find((shortage) => shortage.code === code)?.sentence;
}

/** The same for what a process has said before it failed: Node.js names the code, tools such as esbuild the words. */
export function shortageIn(said: string): string | undefined {
  return shortages.find(({ code, words }) => new RegExp(String.raw`\b${code}\b|\b${words}\b`, 'i').test(said))
    ?.sentence;
}
