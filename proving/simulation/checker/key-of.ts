/** The name of a conversation: its id is only its own within its hotel. */
export function keyOf(hotel: string | undefined, conv: string | undefined): string {
  return `${hotel ?? ''}#${conv ?? ''}`;
}
