"""What the scheduler starts, and every how many seconds."""

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver": {"task": "apps.core.tasks.deliver", "schedule": 2.0, "options": {"expires": 10}},
    "send-messages": {
        "task": "apps.core.tasks.send_messages",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "forget-old-events": {"task": "apps.core.tasks.forget_old_events", "schedule": 600.0},
    "forget-old-keys": {"task": "apps.core.tasks.forget_old_keys", "schedule": 3600.0},
    "forget-old-messages": {"task": "apps.core.tasks.forget_old_messages", "schedule": 3600.0},
    "start-purge": {"task": "apps.core.tasks.start_purge", "schedule": 86400.0},
    "forget-old-challenges": {
        "task": "apps.accounts.tasks.forget_old_challenges",
        "schedule": 3600.0,
    },
    "start-erasure": {"task": "apps.accounts.tasks.start_erasure", "schedule": 3600.0},
    "verify-invariants": {"task": "apps.core.tasks.verify_invariants", "schedule": 3600.0},
    "follow-documents": {"task": "apps.providers.tasks.follow_documents", "schedule": 3600.0},
    "expire-orders": {"task": "apps.orders.tasks.expire_orders", "schedule": 60.0},
    "expire-bids": {"task": "apps.orders.tasks.expire_bids", "schedule": 60.0},
    "expire-credits": {"task": "apps.credits.tasks.expire_credits", "schedule": 60.0},
    "expire-leads": {"task": "apps.leads.tasks.expire_leads", "schedule": 60.0},
    "expire-offers": {"task": "apps.leads.tasks.expire_offers", "schedule": 60.0},
    "reveal-reviews": {"task": "apps.reviews.tasks.reveal_reviews", "schedule": 300.0},
    "start-confirmations": {"task": "apps.orders.tasks.start_confirmations", "schedule": 300.0},
}
