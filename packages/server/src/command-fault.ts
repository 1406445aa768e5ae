/** A command cannot be done; the message is for the operator. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault';
}
