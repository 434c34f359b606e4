/** The engine's report about itself, read when a view that shows it appears. */
import { useEffect, useState } from 'react';
import { useStudio } from '../actions/studio.ts';
import { reportOf } from '../link/report.ts';

export type DoctorState =
  | { readonly state: 'reading' }
  | { readonly state: 'read'; readonly report: Readonly<Record<string, unknown>> }
  | { readonly state: 'failed'; readonly message: string };

export function useDoctor(): DoctorState {
  const { preferences } = useStudio();
  const [doctor, setDoctor] = useState<DoctorState>({ state: 'reading' });
  useEffect(() => {
    let current = true;
    preferences.doctor().then(
      (report) => current && setDoctor({ state: 'read', report }),
      (error: unknown) => current && setDoctor({ state: 'failed', message: reportOf(error).message }),
    );
    return () => {
      current = false;
    };
  }, [preferences]);
  return doctor;
}
