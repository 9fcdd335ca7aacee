namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>
    /// The elements along one axis in order, and the positions they had, int64; equal ones keep their order.
    /// </summary>
    public static (Tensor Values, Tensor Indices) Sort(this Tensor x, int axis = -1, bool descending = false) =>
        TensorSorting.sort(axis, descending, Bridge.Given(x)).ToValueTuple();

    /// <summary>The positions that the elements along one axis have before they are sorted, int64.</summary>
    public static Tensor Argsort(this Tensor x, int axis = -1, bool descending = false) =>
        TensorSorting.argsort(axis, descending, Bridge.Given(x));

    /// <summary>
    /// The largest elements along one axis, the largest first, and their positions, int64: the axis has length count.
    /// </summary>
    public static (Tensor Values, Tensor Indices) TopK(this Tensor x, int count, int axis = -1) =>
        TensorSorting.topk(count, axis, Bridge.Given(x)).ToValueTuple();

    /// <summary>The distinct elements in order: [m]. The first of equal ones has the derivative.</summary>
    public static Tensor Unique(this Tensor x) => TensorSorting.unique(Bridge.Given(x));

    /// <summary>The distinct elements in order, [m], and how often each occurs, int64 [m].</summary>
    public static (Tensor Values, Tensor Counts) UniqueWithCounts(this Tensor x) =>
        TensorSorting.uniqueWithCounts(Bridge.Given(x)).ToValueTuple();

    /// <summary>
    /// The distinct elements in order, [m], and the position of each element of x among them, int64, with the shape
    /// of x.
    /// </summary>
    public static (Tensor Values, Tensor Inverse) UniqueWithInverse(this Tensor x) =>
        TensorSorting.uniqueWithInverse(Bridge.Given(x)).ToValueTuple();

    /// <summary>
    /// The position of each element of x in a sorted vector: of the first element that is at least as large, and with
    /// right of the first that is larger. int64, with the shape of x.
    /// </summary>
    public static Tensor SearchSorted(this Tensor x, Tensor sorted, bool right = false) =>
        TensorSorting.searchsorted(right, Bridge.Given(sorted), Bridge.Given(x));

    /// <summary>
    /// How often each of 0, 1, … occurs in a vector of whole numbers of at least 0: int64, at least least long.
    /// </summary>
    public static Tensor Bincount(this Tensor x, int least = 0) => TensorSorting.bincount(least, Bridge.Given(x));

    /// <summary>
    /// How many elements lie in each of bins parts of equal width from low to high: int64 [bins]. The lower end
    /// belongs to a part, of the last one the upper end too; NaN and what lies outside is not counted.
    /// </summary>
    public static Tensor Histogram(this Tensor x, int bins, double low, double high) =>
        TensorSorting.histogram(bins, low, high, Bridge.Given(x));
}
