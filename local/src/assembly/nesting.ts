/** Templates nest by some twenty levels; what reads them calls itself once for each. */
export const deepestNesting = 200;

/** Whether something lies more levels below `root` than are taken; itself it goes down without calling itself. */
export function isTooDeep<Node>(root: Node, childrenOf: (node: Node) => Iterable<Node>): boolean {
  const open = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > deepestNesting) return true;
    for (const node of childrenOf(next.node)) open.push({ node, depth: next.depth + 1 });
  }
  return false;
}
