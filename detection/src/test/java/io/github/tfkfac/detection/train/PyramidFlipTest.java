package io.github.tfkfac.detection.train;

import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.arch.Detector;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.FeaturePyramid;
import io.github.tfkfac.detection.arch.RpnOutput;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/**
 * How far a pyramid of four stages does the same to a mirrored image of width 64 n + 1, where every
 * stride of 2 meets an odd width and so keeps the first and the last column.
 */
class PyramidFlipTest {

  private static final double ROUNDING = 1e-9;
  private static final double VISIBLE = 0.01;
  private static final int HEIGHT = 64;
  private static final int WIDTH = 65;
  private static final int ANCHORS = 3;
  private static final long SEED = 9;

  /** Features with columns and channels, in the order of the network. */
  private record Map(Operand<TFloat64> features, int columns, int channels) {}

  private record Network(
      FeaturePyramid<TFloat64> pyramid, RpnOutput<TFloat64> anchors, Placeholder<TFloat64> images) {

    static Network build(Ops tf, ParameterStore<TFloat64> store, DetectorConfig config) {
      LayerContext<TFloat64> root = LayerContext.inference(tf, store);
      Placeholder<TFloat64> images =
          tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(1, HEIGHT, WIDTH, 3)));
      FeaturePyramid<TFloat64> pyramid = new Detector(config).pyramid(root, images);
      return new Network(pyramid, new Detector(config).proposals(root, pyramid), images);
    }

    /** The stages, the laterals, the coarsest two levels and what the head says of them. */
    List<Map> mirrored() {
      List<Map> maps = new ArrayList<>();
      int[] columns = {17, 9, 5, 3};
      for (int stage = 0; stage < columns.length; stage++) {
        maps.add(new Map(pyramid.body().stages().get(stage), columns[stage], 16 << stage));
        maps.add(new Map(pyramid.laterals().get(stage), columns[stage], 16));
      }
      maps.add(new Map(pyramid.levels().get(3), 3, 16));
      maps.add(new Map(pyramid.levels().get(4), 2, 16));
      maps.add(new Map(anchors.logits().get(3), 3, ANCHORS));
      maps.add(new Map(anchors.logits().get(4), 2, ANCHORS));
      return maps;
    }

    /** Deltas of the coarsest two levels. */
    List<Map> deltas() {
      return List.of(
          new Map(anchors.deltas().get(3), 3, 4 * ANCHORS),
          new Map(anchors.deltas().get(4), 2, 4 * ANCHORS));
    }

    /** Levels that got something enlarged. */
    List<Map> finer() {
      return List.of(
          new Map(pyramid.levels().get(2), 5, 16),
          new Map(pyramid.levels().get(1), 9, 16),
          new Map(pyramid.levels().get(0), 17, 16));
    }

    List<double[]> values(Session session, double[] pixels, List<Map> maps) {
      try (TFloat64 image = TFloat64.tensorOf(images.shape(), DataBuffers.of(pixels))) {
        return TrainingUnderTest.fetch(
            session.runner().feed(images, image), maps.stream().map(Map::features).toList());
      }
    }
  }

  /**
   * Up to where a level is enlarged: between odd widths, nearest neighbors (0, 0, 1, 1, 2 of three
   * columns) have no mirror image.
   */
  @Test
  void whatIsNotEnlargedIsMirrored() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      ParameterStore<TFloat64> store = new ParameterStore<>(tf, TFloat64.class, SEED);
      Network network = Network.build(tf, store, TinyTraining.config());
      var mirroring = Mirror.parameters(tf, store);
      double[] pixels = new Random(SEED).doubles(HEIGHT * WIDTH * 3, -2, 2).toArray();
      double[] mirroredPixels = Mirror.columns(pixels, WIDTH, 3);
      try (Session session = new Session(graph, TrainingUnderTest.asBuilt())) {
        session.initialize();
        List<double[]> maps = network.values(session, pixels, network.mirrored());
        List<double[]> deltas = network.values(session, pixels, network.deltas());
        List<double[]> finer = network.values(session, pixels, network.finer());
        Session.Runner runner = session.runner();
        mirroring.forEach(runner::addTarget);
        runner.run().close();

        List<double[]> found = network.values(session, mirroredPixels, network.mirrored());
        for (int i = 0; i < maps.size(); i++) {
          Map map = network.mirrored().get(i);
          assertClose(
              found.get(i), Mirror.columns(maps.get(i), map.columns(), map.channels()), ROUNDING);
          assertThat(found.get(i)).as("map %d", i).isNotEqualTo(maps.get(i));
        }
        found = network.values(session, mirroredPixels, network.deltas());
        for (int i = 0; i < deltas.size(); i++) {
          Map map = network.deltas().get(i);
          assertClose(
              found.get(i),
              Mirror.deltas(Mirror.columns(deltas.get(i), map.columns(), map.channels())),
              ROUNDING);
        }
        found = network.values(session, mirroredPixels, network.finer());
        for (int i = 0; i < finer.size(); i++) {
          Map map = network.finer().get(i);
          double[] expected = Mirror.columns(finer.get(i), map.columns(), map.channels());
          assertThat(largestDifference(found.get(i), expected)).isGreaterThan(VISIBLE);
        }
      }
    }
  }

  private static double largestDifference(double[] actual, double[] expected) {
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
    }
    return largest;
  }
}
