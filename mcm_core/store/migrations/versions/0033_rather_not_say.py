"""in the form after the last session “Rather not say” is kept like every answer"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("evaluation") as evaluation:  # nothing refers to an answer
        evaluation.drop_constraint(op.f("ck_evaluation_level"), type_="check")
        evaluation.create_check_constraint(op.f("ck_evaluation_level"), sa.text("level BETWEEN 1 AND 9 OR level = -3"))
