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
        "给出的是目录，请给出一个CSV、XLSX、XLS或ZIP文件。",
        "This is a directory; name one CSV, XLSX, XLS or ZIP file.",
    )


def special() -> UnreadableFileError:
    """Refuse a pipe, a device or whatever else can't be read twice."""
    return UnreadableFileError(
        "FILE_SPECIAL",
        "给出的不是普通文件，请给出一个CSV、XLSX、XLS或ZIP文件。",
        "This is no regular file; name one CSV, XLSX, XLS or ZIP file.",
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
        "文件类型不支持，请另存为XLSX、XLS或CSV，多个文件可打成ZIP。",
        "Files of this type are not taken; save it as XLSX, XLS or CSV, or pack several"
        " into a ZIP.",
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


def too_many_columns(limit: int) -> UnreadableFileError:
    """Refuse a table with more headers than any catalog item could mean."""
    return UnreadableFileError(
        "FILE_TOO_LARGE",
        f"表头超过{limit}列（多半是表格以外还有内容），请删除多余的列后另存。",
        f"The header has more than {limit} columns; delete those beyond the table.",
    )


def archive_too_large() -> UnreadableFileError:
    """Refuse an archive that unpacks to too much, or one of whose workbooks does."""
    return UnreadableFileError(
        "FILE_TOO_LARGE",
        "压缩包解压后超过2 GB，或其中一个工作簿超过256 MB，请分成几个压缩包报送。",
        "The archive unpacks to more than 2 GB, or a workbook in it to more than"
        " 256 MB; hand it in as several archives.",
    )


def too_much_beside() -> UnreadableFileError:
    """Refuse a workbook whose comments, properties and formulas are too much text."""
    return UnreadableFileError(
        "FILE_TOO_LARGE",
        "工作簿中单元格以外的内容（批注、公式、属性等）超过64 MB；"
        "请把数据以“粘贴为数值”的方式放入新工作簿后再报。",
        "The workbook holds more than 64 MB beside its cells (comments, formulas,"
        " properties); paste the data as values into a new workbook.",
    )


def stretched() -> UnreadableFileError:
    """Refuse a workbook with a cell far away from its table."""
    return UnreadableFileError(
        "FILE_TOO_LARGE",
        "工作表的单元格区域过大（多半是表格以外还有内容），请删除多余的行和列后另存。",
        "A sheet's cells spread too far; delete the rows and columns beyond the table.",
    )


def undecoded() -> UnreadableFileError:
    """Refuse a file over which the decoder ran out of memory or time, or died."""
    return UnreadableFileError(
        "FILE_UNDECODED",
        "解码超出内存或时间限额，已中止；请拆分文件，或用表格软件打开后另存为新文件。",
        "Decoding took too much memory or time and was stopped; split the file, or open"
        " it in a spreadsheet and save it as a new one.",
    )


def long_row() -> UnreadableFileError:
    """Refuse text in which one row has no end."""
    return UnreadableFileError(
        "FILE_ROW_TOO_LONG",
        "有一行长得不合理，多半是引号不成对，请检查后重新导出。",
        "One row is unreasonably long, probably for a quote that is never closed.",
    )


def web_page() -> UnreadableFileError:
    """Refuse what systems export as XLS and is a web page or plain text."""
    return UnreadableFileError(
        "FILE_CONTENT",
        "文件名是XLS或XLSX，内容却是网页或纯文本；请用表格软件打开后另存为XLSX。",
        "The file is named as a workbook but is a web page or plain text; open it in a"
        " spreadsheet and save it as XLSX.",
    )


def delimiter() -> UnreadableFileError:
    """Refuse text that two delimiters cut into different columns."""
    return UnreadableFileError(
        "FILE_DELIMITER",
        "分隔符不明确：表头或数据可用不止一种符号分列；请统一用逗号，或另存为XLSX。",
        "The delimiter is ambiguous: more than one sign separates cells; use commas"
        " throughout, or save it as XLSX.",
    )


def flawed() -> UnreadableFileError:
    """Refuse a sheet in which a million cells are numbers, errors or formulas."""
    return UnreadableFileError(
        "FILE_FLAWED",
        "工作表中有上百万个出错的公式或被改成数字的代码，请修正后重新导出。",
        "A sheet has a million formulas without value or codes turned into numbers;"
        " correct it and export it again.",
    )


def hidden() -> UnreadableFileError:
    """Refuse a workbook in which only hidden sheets hold a table."""
    return UnreadableFileError(
        "SHEET_HIDDEN",
        "可见的工作表里没有目录的表头；隐藏的工作表不读取，请取消隐藏后再报。",
        "No visible sheet has a known header, and hidden sheets are not read; unhide"
        " the sheet that is to be handed in.",
    )


def layouts() -> UnreadableFileError:
    """Refuse sheets or files that both look like data and have different headers."""
    return UnreadableFileError(
        "LAYOUTS_DIFFER",
        "有两个工作表或文件的表头不同，无法合并读取；请统一表头，或分开报送。",
        "Two sheets or files have different headers and can't run on; give them the"
        " same header, or hand them in one by one.",
    )


def mixed() -> UnreadableFileError:
    """Refuse workbooks and text, or two ways to count days, in one submission."""
    return UnreadableFileError(
        "FORMATS_DIFFER",
        "压缩包内的文件格式或日期系统不一致；请都用XLSX或都用CSV，或分开报送。",
        "The files of the archive differ in format or in how they count days; use XLSX"
        " or CSV for all of them, or hand them in one by one.",
    )


def archive_names() -> UnreadableFileError:
    """Refuse an archive whose names lead elsewhere or stand there twice."""
    return UnreadableFileError(
        "ARCHIVE_NAMES",
        "压缩包内的文件名不正常（重名，或带有路径符号），请重新打包。",
        "Names in the archive are not sound: repeated, or paths that lead elsewhere;"
        " pack it again.",
    )


def archive_nested() -> UnreadableFileError:
    """Refuse an archive within an archive."""
    return UnreadableFileError(
        "ARCHIVE_NESTED",
        "压缩包里还有压缩包，请解开后只打一层ZIP。",
        "There is an archive inside the archive; unpack it and pack one ZIP.",
    )


def archive_encrypted() -> UnreadableFileError:
    """Refuse an archive with a password."""
    return UnreadableFileError(
        "FILE_ENCRYPTED",
        "压缩包设有密码，请取消密码后重新打包。",
        "The archive is protected by a password; pack it again without one.",
    )


def archive_members(most: int) -> UnreadableFileError:
    """Refuse an archive of more than `most` files."""
    return UnreadableFileError(
        "ARCHIVE_MEMBERS",
        f"压缩包里的文件超过{most}个，请分批报送。",
        f"The archive holds more than {most} files; hand them in by parts.",
    )


def archive_content() -> UnreadableFileError:
    """Refuse an archive that holds anything but tables."""
    return UnreadableFileError(
        "ARCHIVE_CONTENT",
        "压缩包内只能放XLSX、XLS、CSV或TSV表格，请删去其他文件后重新打包。",
        "The archive may hold only tables (XLSX, XLS, CSV, TSV); remove the other files"
        " and pack it again.",
    )


def archive_empty() -> UnreadableFileError:
    """Refuse an archive without any table."""
    return UnreadableFileError(
        "ARCHIVE_EMPTY",
        "压缩包里没有表格文件。",
        "The archive holds no table.",
    )


def archive_header() -> UnreadableFileError:
    """Refuse an archive in which one of the files has no known header."""
    return UnreadableFileError(
        "ARCHIVE_HEADER",
        "压缩包中有文件没有目录的表头，请改正表头，或从压缩包中删去该文件。",
        "A file of the archive has no header that the catalog knows; correct its header"
        " or remove it from the archive.",
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


def unknown_field(name: str) -> UnreadableFileError:
    """Refuse a column that was assigned to a field that is not there."""
    return UnreadableFileError(
        "UNKNOWN_FIELD",
        f"指定的栏目“{name}”不在目录中，请重新选择。",
        f"The field {name} that was chosen for a column is not in the catalog.",
    )


def no_rows_of_table() -> UnreadableFileError:
    """Refuse a register or list with a header and nothing below it."""
    return UnreadableFileError(
        "NO_ROWS",
        "表头以下没有数据，请核对是否导出完整，或选错了工作表、文件。",
        "No data stand below the header; see whether the export is whole, and whether"
        " this is the right sheet or file.",
    )


def no_rows() -> UnreadableFileError:
    """Refuse a hand-in with a header and nothing below it."""
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
