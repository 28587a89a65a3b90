import { z } from 'zod';
import { ProblemDetails } from './problem';

/** Media types that are read; parameters such as a charset are not part of them. */
export const documentTypes = ['text/plain', 'text/markdown', 'text/html', 'application/pdf'] as const;
export type DocumentType = (typeof documentTypes)[number];

/** Of one document, in bytes. */
export const largestDocumentBytes = 20 * 1024 * 1024;

const requestExample = { name: 'annual-report.pdf', contentType: 'application/pdf', size: 482_113 };

/** Type and size are judged by the route, for they have answers of their own: 415 and 413. */
export const DocumentRequest = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'no control characters'),
    contentType: z.string().min(1).max(200),
    size: z.number().int().min(1).max(1_000_000_000_000),
  })
  .meta({ id: 'DocumentRequest', example: requestExample });
export type DocumentRequest = z.infer<typeof DocumentRequest>;

const id = '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f';
const at = '2026-01-05T14:30:00.000Z';

export const DocumentUpload = z
  .object({
    id: z.uuid(),
    upload: z.object({
      url: z.string(),
      method: z.literal('PUT'),
      /** To be sent as they are; they are signed, and so is the size. */
      headers: z.record(z.string(), z.string()),
      expiresAt: z.iso.datetime(),
    }),
  })
  .meta({
    id: 'DocumentUpload',
    example: {
      id,
      upload: {
        url: 'https://stocktool-knowledge.s3.amazonaws.com/documents/…',
        method: 'PUT',
        headers: { 'content-type': 'application/pdf' },
        expiresAt: '2026-01-05T14:45:00.000Z',
      },
    },
  });
export type DocumentUpload = z.infer<typeof DocumentUpload>;

export const DocumentStatus = z.enum(['pending', 'ingesting', 'ready', 'failed']);
export type DocumentStatus = z.infer<typeof DocumentStatus>;

export const DocumentVersion = z.object({
  versionId: z.string(),
  size: z.number().int().min(0).max(1_000_000_000_000),
  createdAt: z.iso.datetime(),
});
export type DocumentVersion = z.infer<typeof DocumentVersion>;

/** `chunks`: passages that a search can find. `versions`: newest first; the newest is the one that is searched. */
export const Document = z
  .object({
    id: z.uuid(),
    name: z.string(),
    contentType: z.string(),
    status: DocumentStatus,
    chunks: z.number().int().min(0).max(1_000_000),
    versions: z.array(DocumentVersion),
    error: ProblemDetails.optional(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: 'Document',
    example: {
      id,
      name: requestExample.name,
      contentType: requestExample.contentType,
      status: 'ready',
      chunks: 214,
      versions: [{ versionId: 'Fj3kq7Zb1x', size: requestExample.size, createdAt: at }],
      createdAt: at,
      updatedAt: at,
    },
  });
export type Document = z.infer<typeof Document>;

export const DownloadQuery = z.strictObject({
  versionId: z.string().min(1).max(1024).optional(),
  redirect: z.enum(['true', 'false']).default('true'),
});
export type DownloadQuery = z.infer<typeof DownloadQuery>;

export const DownloadLink = z.object({ url: z.string(), expiresAt: z.iso.datetime() }).meta({
  id: 'DownloadLink',
  example: {
    url: 'https://stocktool-knowledge.s3.amazonaws.com/documents/…',
    expiresAt: '2026-01-05T14:45:00.000Z',
  },
});
export type DownloadLink = z.infer<typeof DownloadLink>;
