"""a message of which the mail server did not say whether it took it: the connection broke before its yes"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KINDS = "'not reached', 'broke off', 'refused us', 'refused the address', 'refused the message', 'said later', 'not written'"


def upgrade() -> None:
    with op.batch_alter_table("message") as message:  # nothing refers to a message
        message.drop_constraint(op.f("ck_message_trouble"), type_="check")
        message.create_check_constraint(op.f("ck_message_trouble"), sa.text(f"trouble IN ({KINDS})"))
