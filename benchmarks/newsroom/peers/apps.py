"""The app of the peers."""

from django.apps import AppConfig


class PeersConfig(AppConfig):
    name = "benchmarks.newsroom.peers"
    label = "peers"
