"""The whole stock-out"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('order_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('order_item_id', sa.Text(), nullable=True),
    sa.Column('sku', sa.Text(), nullable=True),
    sa.Column('asin', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('fulfilment', sa.Text(), nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=True),
    sa.Column('sale_price', sa.Text(), nullable=True),
    sa.Column('sale_currency', sa.Text(), nullable=True),
    sa.Column('purchased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ship_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('buyer_asks_to_cancel', sa.Boolean(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_lines'))
    )
    with op.batch_alter_table('order_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_lines_purchased_at'), ['purchased_at'], unique=False)
        batch_op.create_index('ix_order_lines_row', ['order_id', 'sku'], unique=False)

    op.create_table('takedowns',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('sku', sa.Text(), nullable=False),
    sa.Column('quantity_before', sa.Integer(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('restored_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('restore_file', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_takedowns'))
    )
    with op.batch_alter_table('takedowns', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_takedowns_sku'), ['sku'], unique=False)

    op.create_table('watch_events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('sku', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watch_events'))
    )
    with op.batch_alter_table('watch_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_watch_events_sku'), ['sku'], unique=False)

    op.create_table('resolutions',
    sa.Column('wanted_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('listing_pk', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('seller_id', sa.Text(), nullable=True),
    sa.Column('price', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['listing_pk'], ['listings.id'], name=op.f('fk_resolutions_listing_pk_listings'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['wanted_id'], ['wanted.id'], name=op.f('fk_resolutions_wanted_id_wanted'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('wanted_id', name=op.f('pk_resolutions'))
    )
    op.create_table('watches',
    sa.Column('sku', sa.Text(), nullable=False),
    sa.Column('wanted_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('suppliers', sa.Integer(), nullable=False),
    sa.Column('cheapest', sa.BigInteger(), nullable=True),
    sa.Column('cheapest_source', sa.Text(), nullable=True),
    sa.Column('margin', sa.BigInteger(), nullable=True),
    sa.Column('coverage', sa.Float(), nullable=True),
    sa.Column('successor', sa.Text(), nullable=True),
    sa.Column('evidence', sa.JSON(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['wanted_id'], ['wanted.id'], name=op.f('fk_watches_wanted_id_wanted'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sku', name=op.f('pk_watches')),
    sa.UniqueConstraint('wanted_id', name=op.f('uq_watches_wanted_id'))
    )
    with op.batch_alter_table('watches', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_watches_state'), ['state'], unique=False)

    with op.batch_alter_table('catalogue', schema=None) as batch_op:
        batch_op.add_column(sa.Column('price', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('quantity', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('fulfilment', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('status', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('listed_at', sa.DateTime(timezone=True), nullable=True))

    # A default that is a plain text: for any other, a batch makes the table anew on SQLite, and dropping the old one
    # would take the rows of all tables that refer to it along.
    op.add_column('wanted', sa.Column('watch', sa.Boolean(), server_default='0', nullable=False))
    op.create_index(op.f('ix_wanted_watch'), 'wanted', ['watch'], unique=False)
