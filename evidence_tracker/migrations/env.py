"""Runs migrations on the connection it is handed; there is no address to read from a file."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes.get("metadata"),  # only a comparison needs it
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
