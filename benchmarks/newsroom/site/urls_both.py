"""No addresses: only the tables of both projects are made together."""

urlpatterns: list[object] = []
