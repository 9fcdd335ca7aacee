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

        /// <summary>So many cells before and after each axis, gone on with from the other end.</summary>
        public static Padding Circulars(params (int Before, int After)[] widths) =>
            Padding.NewCircularAround(Bridge.Given(widths));

        /// <summary>So many cells before and after each axis, mirrored at the ends, which are not repeated.</summary>
        public static Padding Reflections(params (int Before, int After)[] widths) =>
            Padding.NewReflectAround(Bridge.Given(widths));

        /// <summary>So many cells before and after each axis, the ends repeated.</summary>
        public static Padding Replicas(params (int Before, int After)[] widths) =>
            Padding.NewReplicateAround(Bridge.Given(widths));
    }
}
