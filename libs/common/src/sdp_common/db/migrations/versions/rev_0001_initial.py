"""Every table of the platform.

Revision: 0001, the first.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "feature_sets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_sets")),
        sa.UniqueConstraint("digest", name=op.f("uq_feature_sets_digest")),
    )
    op.create_table(
        "model_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("market", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("data_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_versions")),
        sa.UniqueConstraint(
            "sport", "market", "family", "version", name=op.f("uq_model_versions_sport_market_family_version")
        ),
    )
    op.create_index(op.f("ix_model_versions_sha256"), "model_versions", ["sha256"], unique=False)
    op.create_index(
        op.f("ix_model_versions_sport_market_stage"), "model_versions", ["sport", "market", "stage"], unique=False
    )
    op.create_table(
        "raw_payloads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_payloads")),
        sa.UniqueConstraint("url", "sha256", name=op.f("uq_raw_payloads_url_sha256")),
    )
    op.create_index(
        op.f("ix_raw_payloads_provider_fetched_at"), "raw_payloads", ["provider", "fetched_at"], unique=False
    )
    op.create_table(
        "service_heartbeats",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service", "instance", name=op.f("pk_service_heartbeats")),
    )
    op.create_table(
        "slates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("contest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("salary_source", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slates")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_slates_source_external_id")),
    )
    op.create_index(op.f("ix_slates_sport_starts_at"), "slates", ["sport", "starts_at"], unique=False)
    op.create_table(
        "teams",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("abbreviation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "venues",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roof", sa.Text(), nullable=True),
        sa.Column("surface", sa.Text(), nullable=True),
        sa.Column("latitude", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("longitude", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("azimuth_deg", sa.DOUBLE_PRECISION(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venues")),
    )
    op.create_table(
        "contest_offers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slate_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entry_fee_usd", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=True),
        sa.Column("entries_max", sa.BigInteger(), nullable=True),
        sa.Column("entries_max_per_user", sa.BigInteger(), nullable=True),
        sa.Column("prize_pool_usd", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("payouts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["slate_id"], ["slates.id"], name=op.f("fk_contest_offers_slate_id_slates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_offers")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_contest_offers_source_external_id")),
    )
    op.create_table(
        "games",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("season", sa.BigInteger(), nullable=False),
        sa.Column("season_type", sa.Text(), nullable=False),
        sa.Column("week", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("home_team_id", sa.Text(), nullable=False),
        sa.Column("away_team_id", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=True),
        sa.Column("neutral_site", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("home_score", sa.BigInteger(), nullable=True),
        sa.Column("away_score", sa.BigInteger(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["away_team_id"], ["teams.id"], name=op.f("fk_games_away_team_id_teams")),
        sa.ForeignKeyConstraint(["home_team_id"], ["teams.id"], name=op.f("fk_games_home_team_id_teams")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_games_venue_id_venues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_games")),
    )
    op.create_index(op.f("ix_games_sport_starts_at"), "games", ["sport", "starts_at"], unique=False)
    op.create_table(
        "players",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("normalised_name", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_players_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_players")),
    )
    op.create_index(op.f("ix_players_sport_normalised_name"), "players", ["sport", "normalised_name"], unique=False)
    op.create_table(
        "projection_sets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slate_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worlds", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["slate_id"], ["slates.id"], name=op.f("fk_projection_sets_slate_id_slates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_projection_sets_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projection_sets")),
    )
    op.create_index(
        op.f("ix_projection_sets_slate_id_created_at"), "projection_sets", ["slate_id", "created_at"], unique=False
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("progress", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_runs_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_service_created_at"), "runs", ["service", "created_at"], unique=False)
    op.create_index(op.f("ix_runs_user_id"), "runs", ["user_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("slate_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["slate_id"], ["slates.id"], name=op.f("fk_uploads_slate_id_slates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_uploads_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_sha256"), "uploads", ["sha256"], unique=False)
    op.create_index(op.f("ix_uploads_user_id"), "uploads", ["user_id"], unique=False)
    op.create_table(
        "draftables",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slate_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=True),
        sa.Column("match_score", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("game_id", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("roster_slots", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("salary_usd", sa.BigInteger(), nullable=False),
        sa.Column("average_points", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], name=op.f("fk_draftables_game_id_games")),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("fk_draftables_player_id_players"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["slate_id"], ["slates.id"], name=op.f("fk_draftables_slate_id_slates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_draftables_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draftables")),
        sa.UniqueConstraint("slate_id", "external_id", name=op.f("uq_draftables_slate_id_external_id")),
    )
    op.create_index(op.f("ix_draftables_player_id"), "draftables", ["player_id"], unique=False)
    op.create_table(
        "features",
        sa.Column("feature_set_id", sa.BigInteger(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("opponent_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("values", postgresql.ARRAY(sa.DOUBLE_PRECISION()), nullable=False),
        sa.ForeignKeyConstraint(
            ["feature_set_id"],
            ["feature_sets.id"],
            name=op.f("fk_features_feature_set_id_feature_sets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], name=op.f("fk_features_game_id_games"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["opponent_id"], ["teams.id"], name=op.f("fk_features_opponent_id_teams")),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("fk_features_player_id_players"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_features_team_id_teams")),
        sa.PrimaryKeyConstraint("feature_set_id", "player_id", "game_id", "as_of", name=op.f("pk_features")),
    )
    op.create_index(op.f("ix_features_feature_set_id_as_of"), "features", ["feature_set_id", "as_of"], unique=False)
    op.create_index(op.f("ix_features_game_id"), "features", ["game_id"], unique=False)
    op.create_table(
        "game_ids",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], name=op.f("fk_game_ids_game_id_games"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("pk_game_ids")),
    )
    op.create_index(op.f("ix_game_ids_game_id"), "game_ids", ["game_id"], unique=False)
    op.create_table(
        "game_projections",
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("home_score_mean", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("away_score_mean", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("total_sd", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("margin_sd", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("prob_home_win", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("line_source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["game_id"], ["games.id"], name=op.f("fk_game_projections_game_id_games"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["projection_sets.id"],
            name=op.f("fk_game_projections_set_id_projection_sets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("set_id", "game_id", name=op.f("pk_game_projections")),
    )
    op.create_table(
        "ingest_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows_new", sa.BigInteger(), nullable=False),
        sa.Column("rows_changed", sa.BigInteger(), nullable=False),
        sa.Column("rows_unchanged", sa.BigInteger(), nullable=False),
        sa.Column("rows_rejected", sa.BigInteger(), nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_ingest_runs_run_id_runs"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_runs")),
    )
    op.create_index(op.f("ix_ingest_runs_provider_started_at"), "ingest_runs", ["provider", "started_at"], unique=False)
    op.create_table(
        "injury_reports",
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("season", sa.BigInteger(), nullable=True),
        sa.Column("week", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("practice_status", sa.Text(), nullable=True),
        sa.Column("body_part", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("fk_injury_reports_player_id_players"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_injury_reports_team_id_teams")),
        sa.PrimaryKeyConstraint("player_id", "source", "known_at", name=op.f("pk_injury_reports")),
    )
    op.create_index(
        op.f("ix_injury_reports_player_id_known_at"), "injury_reports", ["player_id", "known_at"], unique=False
    )
    op.create_table(
        "lineup_sets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slate_id", sa.BigInteger(), nullable=False),
        sa.Column("projection_set_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["projection_set_id"],
            ["projection_sets.id"],
            name=op.f("fk_lineup_sets_projection_set_id_projection_sets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slate_id"], ["slates.id"], name=op.f("fk_lineup_sets_slate_id_slates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_lineup_sets_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineup_sets")),
    )
    op.create_index(op.f("ix_lineup_sets_slate_id"), "lineup_sets", ["slate_id"], unique=False)
    op.create_index(op.f("ix_lineup_sets_user_id"), "lineup_sets", ["user_id"], unique=False)
    op.create_table(
        "odds_quotes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("market", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("line", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("price_decimal", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["game_id"], ["games.id"], name=op.f("fk_odds_quotes_game_id_games"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("fk_odds_quotes_player_id_players"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odds_quotes")),
    )
    op.create_index(
        "ix_odds_quotes_as_of",
        "odds_quotes",
        ["game_id", "market", "book", "side", "player_id", "known_at"],
        unique=False,
    )
    op.create_table(
        "player_game_stats",
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("stats", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["game_id"], ["games.id"], name=op.f("fk_player_game_stats_game_id_games"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("fk_player_game_stats_player_id_players"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_player_game_stats_team_id_teams")),
        sa.PrimaryKeyConstraint("player_id", "game_id", "source", "known_at", name=op.f("pk_player_game_stats")),
    )
    op.create_index(op.f("ix_player_game_stats_game_id"), "player_game_stats", ["game_id"], unique=False)
    op.create_table(
        "player_ids",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("fk_player_ids_player_id_players"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("pk_player_ids")),
    )
    op.create_index(op.f("ix_player_ids_player_id"), "player_ids", ["player_id"], unique=False)
    op.create_table(
        "predictions",
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("market", sa.Text(), nullable=False),
        sa.Column("model_version_id", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("mean", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("sd", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("prob_zero", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("quantiles", postgresql.ARRAY(sa.DOUBLE_PRECISION()), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drivers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["game_id"], ["games.id"], name=op.f("fk_predictions_game_id_games"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("fk_predictions_model_version_id_model_versions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("fk_predictions_player_id_players"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_predictions_team_id_teams")),
        sa.PrimaryKeyConstraint(
            "player_id", "game_id", "market", "model_version_id", "as_of", name=op.f("pk_predictions")
        ),
    )
    op.create_index(op.f("ix_predictions_game_id_market"), "predictions", ["game_id", "market"], unique=False)
    op.create_table(
        "roster_entries",
        sa.Column("sport", sa.Text(), nullable=False),
        sa.Column("season", sa.BigInteger(), nullable=False),
        sa.Column("week", sa.BigInteger(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("depth", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["player_id"], ["players.id"], name=op.f("fk_roster_entries_player_id_players"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_roster_entries_team_id_teams")),
        sa.PrimaryKeyConstraint("sport", "season", "week", "player_id", name=op.f("pk_roster_entries")),
    )
    op.create_index(
        op.f("ix_roster_entries_sport_season_week"), "roster_entries", ["sport", "season", "week"], unique=False
    )
    op.create_table(
        "weather_forecasts",
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forecast_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("temp_f", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("wind_mph", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("gust_mph", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("wind_from_deg", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("precipitation_in", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("precipitation_prob", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("humidity_pct", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("weather_code", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["game_id"], ["games.id"], name=op.f("fk_weather_forecasts_game_id_games"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("game_id", "source", "known_at", name=op.f("pk_weather_forecasts")),
    )
    op.create_table(
        "lineups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("draftable_ids", postgresql.ARRAY(sa.BIGINT()), nullable=False),
        sa.Column("salary_usd", sa.BigInteger(), nullable=False),
        sa.Column("projected_points", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("realised_points", sa.DOUBLE_PRECISION(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"], ["lineup_sets.id"], name=op.f("fk_lineups_set_id_lineup_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineups")),
    )
    op.create_index(op.f("ix_lineups_set_id_rank"), "lineups", ["set_id", "rank"], unique=True)
    op.create_table(
        "projections",
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("draftable_id", sa.BigInteger(), nullable=False),
        sa.Column("stat", sa.Text(), nullable=False),
        sa.Column("mean", sa.DOUBLE_PRECISION(), nullable=False),
        sa.Column("sd", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("prob_zero", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("quantiles", postgresql.ARRAY(sa.DOUBLE_PRECISION()), nullable=True),
        sa.Column("hist_from", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("hist_width", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("hist_counts", postgresql.ARRAY(sa.DOUBLE_PRECISION()), nullable=True),
        sa.ForeignKeyConstraint(
            ["draftable_id"], ["draftables.id"], name=op.f("fk_projections_draftable_id_draftables"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["projection_sets.id"], name=op.f("fk_projections_set_id_projection_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("set_id", "draftable_id", "stat", name=op.f("pk_projections")),
    )


def downgrade() -> None:
    op.drop_table("projections")
    op.drop_index(op.f("ix_lineups_set_id_rank"), table_name="lineups")
    op.drop_table("lineups")
    op.drop_table("weather_forecasts")
    op.drop_index(op.f("ix_roster_entries_sport_season_week"), table_name="roster_entries")
    op.drop_table("roster_entries")
    op.drop_index(op.f("ix_predictions_game_id_market"), table_name="predictions")
    op.drop_table("predictions")
    op.drop_index(op.f("ix_player_ids_player_id"), table_name="player_ids")
    op.drop_table("player_ids")
    op.drop_index(op.f("ix_player_game_stats_game_id"), table_name="player_game_stats")
    op.drop_table("player_game_stats")
    op.drop_index("ix_odds_quotes_as_of", table_name="odds_quotes")
    op.drop_table("odds_quotes")
    op.drop_index(op.f("ix_lineup_sets_user_id"), table_name="lineup_sets")
    op.drop_index(op.f("ix_lineup_sets_slate_id"), table_name="lineup_sets")
    op.drop_table("lineup_sets")
    op.drop_index(op.f("ix_injury_reports_player_id_known_at"), table_name="injury_reports")
    op.drop_table("injury_reports")
    op.drop_index(op.f("ix_ingest_runs_provider_started_at"), table_name="ingest_runs")
    op.drop_table("ingest_runs")
    op.drop_table("game_projections")
    op.drop_index(op.f("ix_game_ids_game_id"), table_name="game_ids")
    op.drop_table("game_ids")
    op.drop_index(op.f("ix_features_game_id"), table_name="features")
    op.drop_index(op.f("ix_features_feature_set_id_as_of"), table_name="features")
    op.drop_table("features")
    op.drop_index(op.f("ix_draftables_player_id"), table_name="draftables")
    op.drop_table("draftables")
    op.drop_index(op.f("ix_uploads_user_id"), table_name="uploads")
    op.drop_index(op.f("ix_uploads_sha256"), table_name="uploads")
    op.drop_table("uploads")
    op.drop_index(op.f("ix_tokens_user_id"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_runs_user_id"), table_name="runs")
    op.drop_index(op.f("ix_runs_service_created_at"), table_name="runs")
    op.drop_table("runs")
    op.drop_index(op.f("ix_projection_sets_slate_id_created_at"), table_name="projection_sets")
    op.drop_table("projection_sets")
    op.drop_index(op.f("ix_players_sport_normalised_name"), table_name="players")
    op.drop_table("players")
    op.drop_index(op.f("ix_games_sport_starts_at"), table_name="games")
    op.drop_table("games")
    op.drop_table("contest_offers")
    op.drop_table("venues")
    op.drop_table("users")
    op.drop_table("teams")
    op.drop_index(op.f("ix_slates_sport_starts_at"), table_name="slates")
    op.drop_table("slates")
    op.drop_table("service_heartbeats")
    op.drop_index(op.f("ix_raw_payloads_provider_fetched_at"), table_name="raw_payloads")
    op.drop_table("raw_payloads")
    op.drop_index(op.f("ix_model_versions_sport_market_stage"), table_name="model_versions")
    op.drop_index(op.f("ix_model_versions_sha256"), table_name="model_versions")
    op.drop_table("model_versions")
    op.drop_table("feature_sets")
