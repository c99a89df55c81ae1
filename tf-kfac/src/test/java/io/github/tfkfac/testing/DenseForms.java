package io.github.tfkfac.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat64;

/** One dense layer on sequences, written in the ways that frameworks write it. */
public final class DenseForms {

  public static final int LENGTH = 4;
  public static final int INPUTS = 3;
  public static final int OUTPUTS = 4;

  private DenseForms() {}

  /** A way to apply {@code w [INPUTS, OUTPUTS]} to {@code x [N, LENGTH, INPUTS]}. */
  public interface Form {
    Operand<TFloat64> apply(TestGraph<TFloat64> graph, Operand<TFloat64> x);
  }

  /** The forms by name. */
  public static Map<String, Form> forms() {
    Map<String, Form> forms = new LinkedHashMap<>();
    forms.put("BatchMatMul", (g, x) -> g.tf.train.batchMatMul(x, weight(g), TFloat64.class));
    forms.put(
        "Reshape, MatMul, Reshape",
        (g, x) -> {
          Operand<TFloat64> rows = g.tf.reshape(x, g.tf.array(-1, INPUTS));
          return sequences(g, g.tf.linalg.matMul(rows, weight(g)));
        });
    forms.put(
        "Tensordot",
        (g, x) -> {
          Operand<TFloat64> ordered = g.tf.linalg.transpose(x, g.tf.array(0, 1, 2));
          Operand<TFloat64> rows =
              g.tf.reshape(
                  ordered,
                  g.tf.stack(
                      List.of(
                          g.tf.reduceProd(
                              g.tf.gather(g.tf.shape(x), g.tf.array(0, 1), g.tf.constant(0)),
                              g.tf.constant(0)),
                          g.tf.reduceProd(
                              g.tf.gather(g.tf.shape(x), g.tf.array(2), g.tf.constant(0)),
                              g.tf.constant(0)))));
          Operand<TFloat64> product = g.tf.linalg.matMul(rows, weight(g));
          return g.tf.reshape(
              product,
              g.tf.concat(
                  List.of(
                      g.tf.gather(g.tf.shape(x), g.tf.array(0, 1), g.tf.constant(0)),
                      g.tf.array(OUTPUTS)),
                  g.tf.constant(0)));
        });
    forms.put("Einsum", (g, x) -> g.tf.linalg.einsum(List.of(x, weight(g)), "nsd,dk->nsk"));
    forms.put(
        "Einsum with an ellipsis",
        (g, x) -> g.tf.linalg.einsum(List.of(weight(g), x), "dk,...d->...k"));
    forms.put(
        "heads",
        (g, x) -> {
          Operand<TFloat64> heads = g.tf.reshape(weight(g), g.tf.array(INPUTS, 2, OUTPUTS / 2));
          Operand<TFloat64> y = g.tf.linalg.einsum(List.of(x, heads), "nsd,dhk->nshk");
          return sequences(g, y);
        });
    forms.put(
        "weight on the left",
        (g, x) -> {
          Operand<TFloat64> y =
              g.tf.train.batchMatMul(
                  g.tf.linalg.transpose(weight(g), g.tf.array(1, 0)),
                  x,
                  TFloat64.class,
                  BatchMatMul.adjY(true));
          return g.tf.linalg.transpose(y, g.tf.array(0, 2, 1));
        });
    forms.put(
        "time first",
        (g, x) -> {
          Operand<TFloat64> steps = g.tf.linalg.transpose(x, g.tf.array(1, 0, 2));
          Operand<TFloat64> rows = g.tf.reshape(steps, g.tf.array(-1, INPUTS));
          Operand<TFloat64> y = g.tf.linalg.matMul(rows, weight(g));
          return g.tf.linalg.transpose(
              g.tf.reshape(y, g.tf.array(LENGTH, -1, OUTPUTS)), g.tf.array(1, 0, 2));
        });
    forms.put(
        "windows",
        (g, x) -> {
          Operand<TFloat64> halves = g.tf.reshape(x, g.tf.array(-1, LENGTH / 2, 2, INPUTS));
          Operand<TFloat64> windows = g.tf.linalg.transpose(halves, g.tf.array(0, 2, 1, 3));
          Operand<TFloat64> batch = g.tf.reshape(windows, g.tf.array(-1, LENGTH / 2, INPUTS));
          Operand<TFloat64> y = g.tf.train.batchMatMul(batch, weight(g), TFloat64.class);
          Operand<TFloat64> back = g.tf.reshape(y, g.tf.array(-1, 2, LENGTH / 2, OUTPUTS));
          return sequences(g, g.tf.linalg.transpose(back, g.tf.array(0, 2, 1, 3)));
        });
    forms.put(
        "1x1 convolution",
        (g, x) -> {
          Operand<TFloat64> images = g.tf.expandDims(x, g.tf.constant(1));
          Operand<TFloat64> kernel = g.tf.reshape(weight(g), g.tf.array(1, 1, INPUTS, OUTPUTS));
          return g.tf.squeeze(
              g.tf.nn.conv2d(images, kernel, List.of(1L, 1L, 1L, 1L), "SAME"),
              Squeeze.axis(List.of(1L)));
        });
    forms.put(
        "1x1 convolution in blocks",
        (g, x) -> {
          Operand<TFloat64> blocks =
              g.tf.spaceToBatchNd(x, g.tf.array(2), g.tf.constant(new int[][] {{0, 0}}));
          Operand<TFloat64> images = g.tf.expandDims(blocks, g.tf.constant(1));
          Operand<TFloat64> kernel = g.tf.reshape(weight(g), g.tf.array(1, 1, INPUTS, OUTPUTS));
          Operand<TFloat64> y =
              g.tf.squeeze(
                  g.tf.nn.conv2d(images, kernel, List.of(1L, 1L, 1L, 1L), "VALID"),
                  Squeeze.axis(List.of(1L)));
          return g.tf.batchToSpaceNd(y, g.tf.array(2), g.tf.constant(new int[][] {{0, 0}}));
        });
    return forms;
  }

  private static Operand<TFloat64> weight(TestGraph<TFloat64> graph) {
    return graph.variable("w", 1, Shape.of(INPUTS, OUTPUTS));
  }

  private static Operand<TFloat64> sequences(TestGraph<TFloat64> graph, Operand<TFloat64> rows) {
    return graph.tf.reshape(rows, graph.tf.array(-1, LENGTH, OUTPUTS));
  }
}
