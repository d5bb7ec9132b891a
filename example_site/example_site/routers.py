"""Reads go to a replica, writes to the primary."""


class ReplicaRouter:
    """For workers that serve readers, in a project with two database servers.

    The newsroom asks this router only where the models are written, and reads there whatever its public answers show.
    """

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, *objects, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"
