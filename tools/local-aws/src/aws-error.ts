interface Details {
  readonly status?: number;
  /** The code that query-compatible clients know the error by, when it is not the shape's name. */
  readonly queryCode?: string;
  /** Further members of the error shape, such as CancellationReasons. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** An error that the caller gets in its service's own format; everything else that is thrown becomes a typed 500. */
export class AwsError extends Error {
  readonly status: number;
  readonly queryCode: string;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: string,
    message: string,
    { status = 400, queryCode = code, body = {} }: Details = {},
  ) {
    super(message);
    this.name = 'AwsError';
    this.status = status;
    this.queryCode = queryCode;
    this.body = body;
  }
}
