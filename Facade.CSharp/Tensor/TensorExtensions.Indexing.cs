namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>Positions start, start + 1, … before stop of one axis; they count from the end where negative.</summary>
    public static Tensor Slice(this Tensor x, int axis, int start, int stop) =>
        TensorIndexing.slice(axis, start, stop, Bridge.Given(x));

    /// <summary>A copy in which a part is replaced: <c>x.Put(part, 1.., 0)</c>; the part broadcasts.</summary>
    public static Tensor Put(this Tensor x, Tensor part, params Slice[] axes) =>
        TensorIndexing.put(Bridge.Given(axes), Bridge.Given(part), Bridge.Given(x));

    /// <summary>The positions of one axis that an int64 vector names, in its order.</summary>
    public static Tensor IndexSelect(this Tensor x, int axis, Tensor index) =>
        TensorIndexing.indexSelect(axis, Bridge.Given(index), Bridge.Given(x));

    /// <summary>
    /// A copy with the positions of one axis that an int64 vector names replaced; of several for one the last stays.
    /// </summary>
    public static Tensor IndexCopy(this Tensor x, int axis, Tensor index, Tensor values) =>
        TensorIndexing.indexCopy(axis, Bridge.Given(index), Bridge.Given(values), Bridge.Given(x));

    /// <summary>A copy with values added to the positions of one axis that an int64 vector names.</summary>
    public static Tensor IndexAdd(this Tensor x, int axis, Tensor index, Tensor values) =>
        TensorIndexing.indexAdd(axis, Bridge.Given(index), Bridge.Given(values), Bridge.Given(x));

    /// <summary>Elements picked along one axis: y[i; j] = x[i; index[i; j]] for axis 1.</summary>
    public static Tensor Gather(this Tensor x, int axis, Tensor index) =>
        TensorIndexing.gather(axis, Bridge.Given(index), Bridge.Given(x));

    /// <summary>
    /// A copy with values written along one axis: y[i; index[i; j]] = values[i; j] for axis 1; of several for one place
    /// the last stays.
    /// </summary>
    public static Tensor Scatter(this Tensor x, int axis, Tensor index, Tensor values) =>
        TensorIndexing.scatter(axis, Bridge.Given(index), Bridge.Given(values), Bridge.Given(x));

    /// <summary>A copy with values added along one axis: y[i; index[i; j]] += values[i; j] for axis 1.</summary>
    public static Tensor ScatterAdd(this Tensor x, int axis, Tensor index, Tensor values) =>
        TensorIndexing.scatterAdd(axis, Bridge.Given(index), Bridge.Given(values), Bridge.Given(x));

    /// <summary>A copy with one number where the mask holds; the mask broadcasts.</summary>
    public static Tensor MaskedFill(this Tensor x, Tensor mask, double value) =>
        TensorIndexing.maskedFill(Bridge.Given(mask), value, Bridge.Given(x));

    /// <summary>The elements where the mask holds, in order: [count]; shapes broadcast.</summary>
    public static Tensor MaskedSelect(this Tensor x, Tensor mask) =>
        TensorIndexing.maskedSelect(Bridge.Given(mask), Bridge.Given(x));

    /// <summary>The places of the elements that differ from 0, in order: int64 [count; axes].</summary>
    public static Tensor Nonzero(this Tensor x) => TensorIndexing.nonzero(Bridge.Given(x));
}
