"""PostgreSQL keeps no statistics of what people wrote: they hold values of the columns, which an erasure does not reach

Nobody looks rows up by these columns, so its planner misses nothing. To give a column the type that it has drops the
statistics that there are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WRITTEN = {
    "member": ("name", "name_key"),
    "guest": ("name",),
    "sign_in": ("knock_name",),
    "focus": ("label",),
    "note": ("body", "search_key"),
    "kept_text": ("body",),
    "signposting": ("danger", "contact", "lines"),
}


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    for table, columns in WRITTEN.items():
        types = {column["name"]: column["type"] for column in sa.inspect(bind).get_columns(table)}
        for column in columns:
            op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS 0')
            op.alter_column(table, column, type_=types[column])
