"""Tables of signing in: sessions in browsers, links that work once, second factors."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import StrictJSON, UTCDateTime

revision: str = "sign_in"
down_revision: str | None = "submissions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "web_session",
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(length=27), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(length=27), nullable=False),
        sa.Column("expires_at", UTCDateTime(length=27), nullable=False),
        sa.Column("ended_at", UTCDateTime(length=27), nullable=True),
        sa.Column(
            "ended_reason",
            sa.Enum(
                "signed-out",
                "renewed",
                "revoked",
                "secret-set",
                "second-factor-reset",
                "switched-off",
                name="sessionend",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_web_session_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_web_session"),
        sa.UniqueConstraint("token_digest", name="uq_web_session_token_digest"),
    )
    op.create_index("ix_web_session_account_id", "web_session", ["account_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("created_at", UTCDateTime(length=27), nullable=False),
        sa.Column("expires_at", UTCDateTime(length=27), nullable=False),
        sa.Column("used_at", UTCDateTime(length=27), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_invitation_account_id_account"),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name="fk_invitation_invited_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_digest", name="uq_invitation_token_digest"),
    )
    op.create_index("ix_invitation_account_id", "invitation", ["account_id"])
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recovery_digests", StrictJSON(), nullable=False),
        sa.Column("last_counter", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("set_at", UTCDateTime(length=27), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_second_factor_account_id_account"),
        sa.PrimaryKeyConstraint("account_id", name="pk_second_factor"),
    )


def downgrade() -> None:
    """Take them away: everybody is signed out and sets their second factor anew."""
    op.drop_table("second_factor")
    op.drop_table("invitation")
    op.drop_table("web_session")
