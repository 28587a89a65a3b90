import { Controller, Get, Header, Injectable, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Problem } from '@stocktool/contracts';
import { Access } from '../access/access';
import { GatewayConfig } from '../config';
import { homePage } from './home-page';

@Injectable()
export class DevelopmentInbox {
  constructor(private readonly config: GatewayConfig) {}

  /** Only the embedded runner has one. */
  link(): { url: string; statusCode: number } {
    const url = this.config.environment.DEV_INBOX_URL;
    if (url === undefined) throw new Problem('not-found', 'There is no inbox here.');
    return { url, statusCode: 302 };
  }
}

@ApiExcludeController()
@Access('open')
@Controller()
export class HomeController {
  private readonly page: string;

  constructor(
    { publicUrl }: GatewayConfig,
    private readonly inbox: DevelopmentInbox,
  ) {
    this.page = homePage(publicUrl);
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  home(): string {
    return this.page;
  }

  @Get('dev/inbox')
  @Redirect()
  devInbox(): { url: string; statusCode: number } {
    return this.inbox.link();
  }
}
