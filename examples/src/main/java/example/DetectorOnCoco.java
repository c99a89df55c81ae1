package example;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.data.DetectionBatcher;
import io.github.tfkfac.detection.data.DetectionDataset;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.data.Resize;
import io.github.tfkfac.detection.profile.DetectorProfile.ResizeRule;
import io.github.tfkfac.detection.train.DetectorCurvature;
import io.github.tfkfac.detection.train.DetectorOptimizer;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.train.Feeds;
import io.github.tfkfac.models.train.SessionThreads;
import java.io.IOException;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** Trains Faster R-CNN on images and annotations in COCO's format. */
public final class DetectorOnCoco {
  private DetectorOnCoco() {}

  public static void main(String[] arguments) throws IOException {
    for (float loss : train(Path.of(arguments[0]), Path.of(arguments[1]), 100)) {
      System.out.println("loss " + loss);
    }
  }

  static float[] train(Path images, Path annotations, int steps) throws IOException {
    var data = new DetectionDataset("mine", images, InstancesReader.read(annotations));
    DetectorConfig config = DetectorConfig.small(data.categories().size());
    var plan = DetectionPlan.training(data, new Resize(ResizeRule.ROUNDED, 64, 96), 2, 1);
    KfacOptions nkfac = KfacOptions.nkfac().withLearningRate(0.01).withPeriods(5, 10);
    var optimizer = DetectorOptimizer.kfac(DetectorCurvature.blocks().applyTo(nkfac, config));
    float[] losses = new float[steps];
    try (Graph graph = new Graph()) {
      DetectorTraining training = DetectorTraining.build(graph, config, 2, 1, optimizer);
      try (Session session = SessionThreads.automatic().open(graph);
          var batches = DetectionBatcher.endless(plan, BatcherPosition.START)) {
        session.initialize();
        for (int step = 0; step < steps; step++) {
          try (Feeds feeds = training.feeder().feeds(batches.next(), step)) {
            var runner = feeds.to(session.runner()).addTarget(training.step());
            try (Result result = runner.fetch(training.network().total()).run()) {
              losses[step] = ((TFloat32) result.get(0)).getFloat();
            }
          }
        }
      }
    }
    return losses;
  }
}
