// Runs a program to its end.
import { execFile } from 'node:child_process';

// Resolves to {code, stdout, stderr}, whatever the exit status.
export async function execute(program, args) {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}
