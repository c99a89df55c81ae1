package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.Traced.Lost;
import io.github.tfkfac.internal.graph.Traced.Unranked;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** A tensor whose dimensions are to be told, and what can be said of them without its inputs. */
record TracedOutput(GraphOperation operation, Output<?> output, Shape shape) {

  /** It is not known which dimension counts the examples. */
  Traced lost(String why) {
    return new Lost(why + " " + LayerMatch.describe(operation));
  }

  /** No dimension counts examples. */
  Traced fixed() {
    return shape.isUnknown() ? unranked() : Traced.of(Axes.of(shape));
  }

  /** Not even the rank is known. */
  Traced unranked() {
    return new Unranked(LayerMatch.describe(operation) + " has an unknown rank");
  }

  /** The first dimension counts examples. */
  Traced fresh() {
    if (shape.isUnknown()) {
      return unranked();
    }
    return Traced.of(shape.numDimensions() == 0 ? Axes.of(shape) : Axes.batch(output, shape));
  }

  /** Something made in a given shape, which counts examples where the graph does not fix it. */
  Traced made() {
    boolean open = !shape.isUnknown() && shape.numDimensions() > 0 && shape.get(0) == Axes.UNKNOWN;
    return open ? fresh() : fixed();
  }

  /** A dimension of which the length alone is known. */
  List<Part> sizeOf(int dimension) {
    return Axes.sized(shape.isUnknown() ? Axes.UNKNOWN : shape.get(dimension));
  }
}
