import { queues } from './queues';

describe('the body of the documents queue', () => {
  const { body } = queues.documents;

  it('is an upload, as S3 tells it', () => {
    const upload = {
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'documents' }, object: { key: 'a/b.pdf', size: 3 } },
    };
    expect(body.parse({ Records: [{ ...upload, eventVersion: '2.1' }] })).toEqual({ Records: [upload] });
  });

  it('may be the test that S3 sends when notifications are set up', () => {
    const test = {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-01-05T14:30:00.000Z',
      Bucket: 'documents',
      RequestId: '5582815E1AEA5ADF',
      HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
    };
    expect(body.parse(test)).toEqual({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'documents' });
  });

  it('is nothing else', () => {
    for (const other of [{}, { Records: [] }, { Service: 'Amazon S3', Event: 's3:Other', Bucket: 'documents' }])
      expect(body.safeParse(other).success).toBe(false);
  });
});
