namespace Functional.CSharp;

/// <summary>What surrounds an image before a window slides over it.</summary>
public static class Paddings
{
    extension(Padding)
    {
        /// <summary>This many zeros on every side.</summary>
        public static Padding Cells(int cells) => Padding.NewZeros(cells);
    }
}
