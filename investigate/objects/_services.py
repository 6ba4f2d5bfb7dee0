"""Services that everybody uses: sharing one of them says nothing, and every such identifier is reported, not dropped.

The list is short on purpose and cannot be complete. What it lacks is held back by the cap on an identifier's degree.
"""

from __future__ import annotations

from ._links import SHORTENERS

_PLATFORMS = """facebook.com fb.com fb.me instagram.com threads.net whatsapp.com wa.me twitter.com x.com youtube.com youtu.be
    tiktok.com t.me telegram.me telegram.org vk.com ok.ru linkedin.com reddit.com pinterest.com snapchat.com quora.com
    medium.com tumblr.com discord.gg discord.com weibo.com rumble.com bitchute.com gab.com gettr.com truthsocial.com
    bsky.app mastodon.social dzen.ru odysee.com twitch.tv soundcloud.com flickr.com vimeo.com dailymotion.com
    patreon.com github.com livejournal.com"""
PLATFORMS = frozenset(_PLATFORMS.split())
"""Sites on which many people have profiles: the site says nothing, the profile does."""

_HOSTING = """google.com googleapis.com gstatic.com goo.gl youtube-nocookie.com googletagmanager.com google-analytics.com
    googlesyndication.com googleadservices.com doubleclick.net googleusercontent.com google.ru recaptcha.net
    cloudflare.com cloudflaressl.com cloudflareinsights.com cdnjs.com jsdelivr.net unpkg.com bootstrapcdn.com jquery.com
    cloudfront.net amazonaws.com akamaihd.net akamaized.net akamai.net fastly.net fastlylb.net azureedge.net
    azurewebsites.net windows.net microsoft.com bing.com apple.com amazon.com amazon-adsystem.com ebay.com etsy.com
    fbcdn.net facebook.net cdninstagram.com twimg.com ytimg.com gravatar.com wp.com wordpress.org w.org
    wordpress.com blogspot.com blogger.com wixsite.com wix.com weebly.com shopify.com myshopify.com squarespace.com
    godaddy.com namecheap.com yandex.ru yandex.net yandex.com yandex.st mail.ru rambler.ru liveinternet.ru
    paypal.com stripe.com mailchimp.com typekit.net fontawesome.com hotjar.com quantserve.com scorecardresearch.com
    alexametrics.com disqus.com addthis.com sharethis.com taboola.com outbrain.com criteo.com adnxs.com pubmatic.com
    rubiconproject.com cleantalk.org onesignal.com pusher.com newrelic.com nr-data.net jivosite.com
    change.org meetup.com eventbrite.com represent.com petitions.net surveymonkey.com typeform.com forms.gle docs.com
    dropbox.com mediafire.com drive.com linktr.ee archive.org archive.is wikipedia.org netlify.app vercel.app github.io
    herokuapp.com duckdns.org no-ip.com imgur.com wetransfer.com 000webhostapp.com altervista.org
    cracked.io nulled.to breached.vc xss.is leakbase.io"""
HOSTING = frozenset(_HOSTING.split())
"""Search engines, content delivery, tag managers, counters, shops, hosts, payment and petition sites, large forums."""

SERVICES = PLATFORMS | HOSTING | SHORTENERS

DOMAIN_TYPES = ("landing_domain", "resource_domain", "certificate_name", "nameserver")
"""Types of identifiers whose object is a registrable domain, for which the lists apply."""

_REGISTRARS = """cloudflare.com reg.ru nic.ru timeweb.org timeweb.ru majordomo.ru cloudns.net godaddy.com domaincontrol.com
    registrar-servers.com namecheaphosting.com awsdns.com googledomains.com name.com ovh.net gandi.net hetzner.com
    dnspod.net hichina.com airee.ru"""
REGISTRARS = frozenset(_REGISTRARS.split())
"""Operators of name servers for anybody."""


def is_platform(domain: str) -> bool:
    """Whether a registrable domain is a site on which many people have profiles."""
    return domain in PLATFORMS


def is_shared_service(object_type: str, object_id: str) -> bool:
    """Whether an identifier is a known service that honest accounts share; only domains can be.

    `a.blogspot.com` is one person's, `blogspot.com` everybody's: the object is the registrable domain.
    """
    if object_type == "nameserver":
        return object_id in REGISTRARS
    return object_type in DOMAIN_TYPES and object_id in SERVICES


def service_sql(object_type: str = "object_type", object_id: str = "object_id") -> str:
    """`is_shared_service` as a condition in SQL over two columns."""

    def among(names: frozenset[str]) -> str:
        return f"{object_id} in ({', '.join(repr(name) for name in sorted(names))})"

    others = ", ".join(repr(name) for name in DOMAIN_TYPES if name != "nameserver")
    return (
        f"({object_type} = 'nameserver' and {among(REGISTRARS)} or {object_type} in ({others}) and {among(SERVICES)})"
    )
