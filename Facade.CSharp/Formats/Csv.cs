namespace Functional.CSharp;

/// <summary>
/// Comma-separated values (RFC 4180): cells may be quoted, blank lines count for nothing, and numbers are written with a point.
/// </summary>
public static class Csv
{
    /// <summary>
    /// The table of a file with commas whose first line names the columns. InvalidDataException names the file and the line.
    /// </summary>
    public static Table Read(string path) => FSharp.Csv.read(Bridge.Given(path));

    /// <summary>
    /// The table of a file whose cells are set apart by a character, such as ';' or a tab. <paramref name="names"/> are the
    /// names of its columns; where there are none, they stand in the first line. At most 131,072 columns and 1,048,576
    /// characters in a cell: <see cref="ReadWithin"/> reads more.
    /// </summary>
    public static Table Read(string path, char separator, params IEnumerable<string> names) =>
        FSharp.Csv.readWith(separator, Bridge.Given(names), Bridge.Given(path));

    /// <summary>As Read, of no more than so many columns, and so many characters in a cell.</summary>
    public static Table ReadWithin(
        string path, int columns, int characters, char separator = ',', params IEnumerable<string> names) =>
        FSharp.Csv.readWithin(columns, characters, separator, Bridge.Given(names), Bridge.Given(path));

    /// <summary>The cells of a column as text.</summary>
    public static IReadOnlyList<string> Texts(this Table table, string column) =>
        FSharp.Csv.texts(Bridge.Given(column), Bridge.Given(table));

    /// <summary>
    /// Columns of numbers as float32 [rows; columns]. InvalidDataException names the file, the line and the column of a cell
    /// that is empty or no finite number.
    /// </summary>
    public static Tensor Numbers(this Table table, params IEnumerable<string> columns) =>
        FSharp.Csv.numbers(Bridge.Given(columns), Bridge.Given(table));

    /// <summary>
    /// A column of classes: labels int64 [rows], and the class that each label stands for, in ordinal order.
    /// InvalidDataException names the file, the line and the column of an empty cell.
    /// </summary>
    public static (Tensor Labels, IReadOnlyList<string> Names) Classes(this Table table, string column) =>
        FSharp.Csv.classes(Bridge.Given(column), Bridge.Given(table));
}
