"""The file that keeps the details of faults nobody foresaw."""

from ocpp_console.visible import visible


def write_log(error: Exception) -> str:
    """Appends the traceback to the log file; returns the file's path, or why it was not written."""
    import traceback

    from ocpp_console.settings import log_path

    lines = "".join(traceback.format_exception(error)).splitlines()
    try:
        path = log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.writelines(f"{visible(line, 1000)}\n" for line in lines)
    except OSError as trouble:
        return f"not written, {trouble.strerror}"
    return str(path)
