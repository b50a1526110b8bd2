"""The app of what clients and providers say about finished work."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Reviews."""

    name = "apps.reviews"
    label = "reviews"
