namespace Functional.CSharp;

/// <summary>What surrounds the cells before a window slides over them.</summary>
public static class Paddings
{
    extension(Padding)
    {
        /// <summary>This many zeros on every side.</summary>
        public static Padding Cells(int cells) => Padding.NewZeros(cells);

        /// <summary>So many zeros before and after each axis.</summary>
        public static Padding Zeros(params (int Before, int After)[] widths) =>
            Padding.NewAround(Bridge.Given(widths));
    }
}
