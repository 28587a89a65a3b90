/** A share of a US exchange as we write it, a class after a hyphen: `AAPL`, `BRK-B`. */
const usShare = /^[A-Z]{1,5}(?:-[A-Z]{1,2})?$/;

/**
 * Whether a vendor that tells no currency may be asked: for these the currency is known to be the dollar. Indices,
 * currencies and foreign listings are not.
 */
export const isUsShare = (symbol: string): boolean => usShare.test(symbol);

/** `BRK-B` as most vendors write it, `BRK.B`. */
export const withDot = (symbol: string): string => symbol.replace('-', '.');

/** And back; undefined for what cannot be a symbol here. */
export function ownSymbol(vendorSymbol: string): string | undefined {
  const symbol = vendorSymbol.toUpperCase().replace(/^([A-Z]{1,5})\.([A-Z])$/, '$1-$2');
  return /^\^?[A-Z0-9][A-Z0-9.=_-]{0,19}$/.test(symbol) ? symbol : undefined;
}
