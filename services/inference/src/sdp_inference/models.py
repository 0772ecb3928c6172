"""Loading a model: the one place of the platform where a model file becomes code."""

import warnings
from io import BytesIO
from pathlib import Path

import joblib
from sdp_common.artifacts import read_metadata, read_model
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.errors import Misconfigured
from sdp_engine.models.model import Model


def load_model(root: Path, version: ModelVersion) -> Model:
    """Return a registered model, from a file whose digest is the registered one.

    Raises:
        NotFound: The artifact is gone.
        Misconfigured: The file or its metadata is not what was registered, or it cannot be read by this version.
    """
    body = read_model(root, version.path, version.sha256)
    told = read_metadata(root, version.path)
    if told.get("sha256") != version.sha256 or told.get("feature_columns") != version.details.get("feature_columns"):
        raise Misconfigured(f"the metadata of {version.path} is not that of the registered model: train it again")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model: Model = joblib.load(BytesIO(body))
    except Exception as error:  # a pickle of other code may fail in any way
        raise Misconfigured(f"{version.path} cannot be read by this version, train it again: {error}") from error
    if list(model.columns) != version.details.get("feature_columns"):
        raise Misconfigured(f"{version.path} reads other features than were registered: train it again")
    return model
