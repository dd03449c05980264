"""Why a file can't be taken at all: a stable code and one line in each language.

A line names the file's defect and the remedy. It never holds the value of a cell, nor
the file's own name, which may hold a person's number.
"""

from __future__ import annotations

from collections.abc import Iterable

from xinheng.pipeline.failures import UnreadableFileError


def missing() -> UnreadableFileError:
    """Refuse a path where no file is."""
    return UnreadableFileError(
        "FILE_MISSING",
        "找不到文件，请核对路径。",
        "There is no such file; check the path.",
    )


def directory() -> UnreadableFileError:
    """Refuse a directory."""
    return UnreadableFileError(
        "FILE_DIRECTORY",
        "给出的是目录，请给出一个CSV或XLSX文件。",
        "This is a directory; name one CSV or XLSX file.",
    )


def special() -> UnreadableFileError:
    """Refuse a pipe, a device or whatever else can't be read twice."""
    return UnreadableFileError(
        "FILE_SPECIAL",
        "给出的不是普通文件，请给出一个CSV或XLSX文件。",
        "This is no regular file; name one CSV or XLSX file.",
    )


def unopened() -> UnreadableFileError:
    """Refuse a file that the system doesn't let us read."""
    return UnreadableFileError(
        "FILE_UNREADABLE",
        "文件无法打开，请检查读取权限。",
        "The file can't be opened; check the permission to read it.",
    )


def empty() -> UnreadableFileError:
    """Refuse a file of no bytes."""
    return UnreadableFileError(
        "FILE_EMPTY",
        "文件是空的，请使用下载的模板填写。",
        "The file is empty; fill in the template.",
    )


def extension() -> UnreadableFileError:
    """Refuse a file by its name's ending."""
    return UnreadableFileError(
        "FILE_EXTENSION",
        "文件类型不支持，请另存为CSV或XLSX。",
        "Files of this type are not taken; save it as CSV or XLSX.",
    )


def wrong_content() -> UnreadableFileError:
    """Refuse a file whose content is not what its name says."""
    return UnreadableFileError(
        "FILE_CONTENT",
        "文件内容与扩展名不符，请用表格软件重新另存为CSV或XLSX。",
        "The content is not what the extension says; save it again as CSV or XLSX.",
    )


def binary() -> UnreadableFileError:
    """Refuse a file that is no text."""
    return UnreadableFileError(
        "FILE_BINARY",
        "文件不是文本表格（含二进制内容），请另存为CSV或XLSX。",
        "The file is no text table: it holds binary data; save it as CSV or XLSX.",
    )


def encoding() -> UnreadableFileError:
    """Refuse text that is in none of the encodings."""
    return UnreadableFileError(
        "FILE_ENCODING",
        "文字编码无法识别，请以UTF-8或GB18030编码另存。",
        "The text is neither UTF-8, UTF-16 with a mark, nor GB18030; save it as UTF-8.",
    )


def encrypted() -> UnreadableFileError:
    """Refuse a workbook with a password."""
    return UnreadableFileError(
        "FILE_ENCRYPTED",
        "工作簿设有密码，请取消密码保护后再报。",
        "The workbook is protected by a password; remove it and try again.",
    )


def old_workbook() -> UnreadableFileError:
    """Refuse a workbook of the format before 2007."""
    return UnreadableFileError(
        "FILE_XLS",
        "旧版XLS工作簿暂不支持，请另存为XLSX。",
        "Old XLS workbooks are not taken yet; save it as XLSX.",
    )


def damaged() -> UnreadableFileError:
    """Refuse a file whose structure can't be followed."""
    return UnreadableFileError(
        "FILE_DAMAGED",
        "文件已损坏或结构不完整，请重新导出。",
        "The file is damaged; export it again.",
    )


def too_large(limit: str) -> UnreadableFileError:
    """Refuse a workbook that unpacks to more than `limit`."""
    return UnreadableFileError(
        "FILE_TOO_LARGE",
        f"工作簿解压后超过{limit}，请拆分或另存为CSV。",
        f"The workbook unpacks to more than {limit}; split it or save it as CSV.",
    )


def stretched() -> UnreadableFileError:
    """Refuse a workbook with a cell far away from its table."""
    return UnreadableFileError(
        "FILE_TOO_LARGE",
        "工作表的单元格区域过大（多半是表格以外还有内容），请删除多余的行和列后另存。",
        "A sheet's cells spread too far; delete the rows and columns beyond the table.",
    )


def long_row() -> UnreadableFileError:
    """Refuse text in which one row has no end."""
    return UnreadableFileError(
        "FILE_ROW_TOO_LONG",
        "有一行长得不合理，多半是引号不成对，请检查后重新导出。",
        "One row is unreasonably long, probably for a quote that is never closed.",
    )


def no_columns() -> UnreadableFileError:
    """Refuse a file in which no header is known."""
    return UnreadableFileError(
        "NO_COLUMNS",
        "没有一列的表头与目录相符，请使用下载的模板。",
        "No column's header is known to the catalog; use the template.",
    )


def no_key_columns(
    titles: Iterable[str], titles_en: Iterable[str]
) -> UnreadableFileError:
    """Refuse a file without the columns that identify a record."""
    return UnreadableFileError(
        "KEY_COLUMNS",
        f"缺少识别记录所必需的列：{'、'.join(titles)}。",
        f"Columns that identify a record are missing: {', '.join(titles_en)}.",
    )


def duplicate_column(title: str, title_en: str) -> UnreadableFileError:
    """Refuse a file in which two columns mean the same field."""
    return UnreadableFileError(
        "DUPLICATE_COLUMN",
        f"有两列都是“{title}”，请只保留一列。",
        f"Two columns mean the same field: {title_en}; keep one.",
    )


def no_rows() -> UnreadableFileError:
    """Refuse a file with a header and nothing below it."""
    return UnreadableFileError(
        "NO_ROWS",
        "表头以下没有数据；如本期没有数据，请报送零报告。",
        "No data stand below the header; where there is nothing, file a nil return.",
    )


def personal_name() -> UnreadableFileError:
    """Refuse a file whose name, sheet names or headers hold a person's number."""
    return UnreadableFileError(
        "PERSONAL_ID",
        "文件名、工作表名或表头中有个人身份证号码，文件不接收。",
        "The file's name, a sheet's name or a header holds a personal identity number.",
    )
