"""The sites' own files: bytes to typed rows and back, pure and refused whole where anything is wrong."""

from sdp_sports.files.recognition import Recognised, SalaryFile, read, recognise
from sdp_sports.files.refusal import Fault, Refused

__all__ = ["Fault", "Recognised", "Refused", "SalaryFile", "read", "recognise"]
