namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>x = y, elementwise; shapes broadcast.</summary>
    public static Tensor Eq(this Tensor x, Tensor y) => TensorComparison.eq(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x ≠ y, elementwise; shapes broadcast.</summary>
    public static Tensor Ne(this Tensor x, Tensor y) => TensorComparison.ne(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x &lt; y, elementwise; shapes broadcast.</summary>
    public static Tensor Lt(this Tensor x, Tensor y) => TensorComparison.lt(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x ≤ y, elementwise; shapes broadcast.</summary>
    public static Tensor Le(this Tensor x, Tensor y) => TensorComparison.le(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x &gt; y, elementwise; shapes broadcast.</summary>
    public static Tensor Gt(this Tensor x, Tensor y) => TensorComparison.gt(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x ≥ y, elementwise; shapes broadcast.</summary>
    public static Tensor Ge(this Tensor x, Tensor y) => TensorComparison.ge(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x = number, elementwise, as real numbers: neither side is rounded to the other's dtype.</summary>
    public static Tensor Eq(this Tensor x, double number) => TensorComparison.eqNumber(number, Bridge.Given(x));

    /// <summary>x ≠ number, elementwise, as real numbers: neither side is rounded to the other's dtype.</summary>
    public static Tensor Ne(this Tensor x, double number) => TensorComparison.neNumber(number, Bridge.Given(x));

    /// <summary>x &lt; number, elementwise, as real numbers: neither side is rounded to the other's dtype.</summary>
    public static Tensor Lt(this Tensor x, double number) => TensorComparison.ltNumber(number, Bridge.Given(x));

    /// <summary>x ≤ number, elementwise, as real numbers: neither side is rounded to the other's dtype.</summary>
    public static Tensor Le(this Tensor x, double number) => TensorComparison.leNumber(number, Bridge.Given(x));

    /// <summary>x &gt; number, elementwise, as real numbers: neither side is rounded to the other's dtype.</summary>
    public static Tensor Gt(this Tensor x, double number) => TensorComparison.gtNumber(number, Bridge.Given(x));

    /// <summary>x ≥ number, elementwise, as real numbers: neither side is rounded to the other's dtype.</summary>
    public static Tensor Ge(this Tensor x, double number) => TensorComparison.geNumber(number, Bridge.Given(x));

    /// <summary>Whether any element is NaN.</summary>
    public static bool HasNaN(this Tensor x) => TensorComparison.hasnan(Bridge.Given(x));

    /// <summary>Whether any element is ∞ or -∞.</summary>
    public static bool HasInf(this Tensor x) => TensorComparison.hasinf(Bridge.Given(x));

    /// <summary>Whether each element is NaN.</summary>
    public static Tensor IsNaN(this Tensor x) => TensorComparison.isnan(Bridge.Given(x));

    /// <summary>Whether each element is ∞ or -∞.</summary>
    public static Tensor IsInf(this Tensor x) => TensorComparison.isinf(Bridge.Given(x));

    /// <summary>Whether each element is neither NaN nor infinite.</summary>
    public static Tensor IsFinite(this Tensor x) => TensorComparison.isfinite(Bridge.Given(x));

    /// <summary>¬x, elementwise; numbers count as true where they are not 0.</summary>
    public static Tensor LogicalNot(this Tensor x) => TensorComparison.logicalNot(Bridge.Given(x));

    /// <summary>x ∧ y, elementwise; numbers count as true where they are not 0. Shapes broadcast.</summary>
    public static Tensor LogicalAnd(this Tensor x, Tensor y) =>
        TensorComparison.logicalAnd(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x ∨ y, elementwise; numbers count as true where they are not 0. Shapes broadcast.</summary>
    public static Tensor LogicalOr(this Tensor x, Tensor y) =>
        TensorComparison.logicalOr(Bridge.Given(x), Bridge.Given(y));

    /// <summary>Either x or y, elementwise; numbers count as true where they are not 0. Shapes broadcast.</summary>
    public static Tensor LogicalXor(this Tensor x, Tensor y) =>
        TensorComparison.logicalXor(Bridge.Given(x), Bridge.Given(y));

    /// <summary>a where the mask holds, else b; shapes broadcast. The mask is bool.</summary>
    public static Tensor Where(this Tensor mask, Tensor a, Tensor b) =>
        TensorComparison.where(Bridge.Given(mask), Bridge.Given(a), Bridge.Given(b));

    /// <summary>1 at the label's place and 0 elsewhere, float32: labels [n] -&gt; [n; classes]. A label that is none is refused.</summary>
    public static Tensor OneHot(this Tensor labels, int classes) =>
        TensorComparison.onehot(classes, Bridge.Given(labels));
}
