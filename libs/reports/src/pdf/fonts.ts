import * as pdfkit from 'pdfkit';
import helvetica from 'pdfkit/standard-fonts/Helvetica';
import helveticaBold from 'pdfkit/standard-fonts/HelveticaBold';

/** In a bundle pdfkit is its build for browsers, which is handed its fonts; the one for Node finds them in its folder. */
interface BuildForBrowsers {
  registerStdFonts?: (...fonts: readonly object[]) => void;
}

(pdfkit as BuildForBrowsers).registerStdFonts?.(helvetica, helveticaBold);

/** Every reader of PDF has these two: nothing is embedded. */
export const fonts = { plain: 'Helvetica', bold: 'Helvetica-Bold' } as const;
