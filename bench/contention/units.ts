export async function unitsTable(_: string): Promise<string> { return ''; }
